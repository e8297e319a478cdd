# send --tos sets the DSCP and ECN bits of its datagrams, and --df lets a datagram
# pass that the path can take.
. "$SOURCE/test/lib/cli.sh"

clear_output shown
timeout 30 "$EXAMPLES/receive_info" 0 1 >"$work/shown" 2>"$work/shown.err" &
pid=$!
pids="$pids $pid"
port=$(port_of shown)
expect_status 0 "$DGRAM" send "127.0.0.1:$port" text --tos 185 --df
expect_end "$pid" 0
expect_in shown 'DSCP 46, ECN 1,'
for tos in 256 -1 x; do
    expect_status 2 "$DGRAM" send 127.0.0.1:9 text --tos $tos
done
