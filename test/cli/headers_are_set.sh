# --tos and --ttl of send, ping and flood set the DSCP and ECN bits and the TTL of
# datagrams, and --df lets a datagram pass that the path can take.
. "$SOURCE/test/lib/cli.sh"

# show ARGUMENT...: a verb whose first datagram is shown.
show() {
    verb=$1
    shift
    clear_output shown
    timeout 30 "$EXAMPLES/receive_info" 0 1 >"$work/shown" 2>"$work/shown.err" &
    pid=$!
    pids="$pids $pid"
    port=$(port_of shown)
    "$DGRAM" $verb "127.0.0.1:$port" --tos 185 --ttl 7 --df "$@" \
        >"$work/out" 2>"$work/err"
    expect_end "$pid" 0
    expect_in shown 'DSCP 46, ECN 1, TTL 7'
}
show send text
show ping --count 1 --timeout 0.1
show flood --seconds 0.1 --rate 100
for tos in 256 -1 x; do
    expect_status 2 "$DGRAM" send 127.0.0.1:9 text --tos $tos
done
