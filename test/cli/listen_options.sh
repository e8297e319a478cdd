# Options of the socket.
. "$SOURCE/test/lib/cli.sh"

start first listen 127.0.0.1:0 --reuse-port
port=$(port_of first)
first=$pid
start second listen "127.0.0.1:$port" --reuse-port
wait_for second listening
kill "$first" "$pid"
expect_end "$first" 0
expect_end "$pid" 0

start taken listen 127.0.0.1:0
port=$(port_of taken)
expect_status 1 "$DGRAM" listen "127.0.0.1:$port"
expect_in err "^dgram listen: bind EADDRINUSE 127.0.0.1:$port (address already in use)\$"
expect_in err 'choose another port'

expect_status 1 "$DGRAM" listen 192.0.2.1:0
expect_in err 'bind EADDRNOTAVAIL 192.0.2.1'

expect_status 1 "$DGRAM" listen 127.0.0.1:0 --join 10.0.0.1
expect_in err 'cannot join 10.0.0.1'
expect_status 1 "$DGRAM" listen 127.0.0.1:0 --join 239.1.1.1 --source 300.1.1.1
expect_status 2 "$DGRAM" listen 0 --source 10.0.0.1

start echo listen 127.0.0.1:0 --echo
port=$(port_of echo)
expect_status 0 "$DGRAM" send "127.0.0.1:$port" ping --wait 10 --count 1
expect_in out "^got: ping from 127.0.0.1:$port\$"

start group listen 0.0.0.0:0 --join 239.77.66.55@127.0.0.1 --count 1
port=$(port_of group)
expect_status 0 "$DGRAM" send "239.77.66.55:$port" --interface 127.0.0.1 \
    --ttl 1 all
expect_end "$pid" 0
expect_in group 'server got: all from 127.0.0.1:'

start source listen 0.0.0.0:0 --join 232.77.66.55@127.0.0.1 \
    --source 127.0.0.1 --count 1
port=$(port_of source)
expect_status 0 "$DGRAM" send "232.77.66.55:$port" --interface 127.0.0.1 one
expect_end "$pid" 0
expect_in source 'server got: one from 127.0.0.1:'
