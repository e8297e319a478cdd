# An echo on all addresses answers from the address that a datagram was sent to. ping
# ignores answers from other addresses.
. "$SOURCE/test/lib/cli.sh"

start echo echo 0
port=$(port_of echo)
for address in 127.0.0.1 127.0.0.2; do
    expect_status 0 "$DGRAM" ping "$address:$port" --count 3 --interval 0.01
done
kill -INT "$pid"
expect_end "$pid" 0
expect_in echo '^6 received, 6 sent back, '
