# While a sink is stopped, its receive buffer overflows. Its result says how many
# datagrams the kernel dropped: dropped and received datagrams add up to all.
. "$SOURCE/test/lib/cli.sh"

# Whether no datagram waits at the port.
queue_is_empty() {
    awk -v port=":$(printf '%04X' "$port")\$" '
        $2 ~ port { split($5, queues, ":"); waits = queues[2] !~ /^0*$/ }
        END { exit waits }' /proc/net/udp
}

# overflow OPTION...: a sink that is stopped while a flood runs.
overflow() {
    start sink sink 127.0.0.1:0 --no-offload "$@"
    port=$(port_of sink)
    kill -STOP "$pid"
    expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --size 1400 --seconds 0.5 \
        --no-offload --json
    sent=$(sed -n 's/.*"datagrams":\([0-9]*\).*/\1/p' "$work/out" | tail -n 1)
    kill -CONT "$pid"
    until queue_is_empty; do sleep 0.05; done
    kill -INT "$pid"
    expect_end "$pid" 0
}

[ -r /proc/net/udp ] || {
    echo 'skipped: this system does not show its queues'
    exit 77
}
overflow --json
grep -q '"dropped":' "$work/sink" || {
    echo 'skipped: this system does not count drops'
    exit 77
}
dropped=$(sed -n 's/.*"dropped":\([0-9]*\).*/\1/p' "$work/sink")
received=$(sed -n 's/.*"result".*"datagrams":\([0-9]*\).*/\1/p' "$work/sink")
[ "$dropped" -gt 0 ] || fail "nothing dropped of $sent"
[ $((received + dropped)) -eq "$sent" ] ||
    fail "received $received, dropped $dropped, sent $sent"

overflow
expect_in sink '^[1-9][0-9]* dropped by the kernel$'
