# --seconds counts from the start, and again from the first datagram.
. "$SOURCE/test/lib/cli.sh"

expect_status 0 timeout 20 "$DGRAM" sink 127.0.0.1:0 --seconds 0.1
expect_in out '^0 datagrams in 0.00 s'
expect_status 0 timeout 20 "$DGRAM" sink 127.0.0.1:0 --seconds 0.1 --json
expect_in out '^{"event":"result","datagrams":0,"bytes":0,"seconds":0.000,'
