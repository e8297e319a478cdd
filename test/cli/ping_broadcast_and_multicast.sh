# Answers to a broadcast or multicast ping come from other addresses, and all
# are counted.
. "$SOURCE/test/lib/cli.sh"

start first echo 0
first=$pid
port=$(port_of first)
expect_status 0 "$DGRAM" ping "127.255.255.255:$port" --broadcast --count 2 \
    --interval 0.01 --timeout 0.3
expect_in out "^PING 127.255.255.255:$port: 64 bytes"
expect_in out '^64 bytes from 127.0.0.1:[0-9]*: seq=2 time='
expect_in out '^2 sent, 2 received, 0% loss'

