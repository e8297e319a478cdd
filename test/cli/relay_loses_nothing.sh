# A relay at full load: each datagram that was sent arrives, or is in one of the
# relay's counts. Nothing coalesces, so that the kernel counts each dropped datagram.
. "$SOURCE/test/lib/cli.sh"

export DGRAM_OFFLOAD=off

[ -r /proc/net/udp ] || {
    echo 'skipped: this system does not show its queues'
    exit 77
}

# relay TO: starts it; its process is $relay, and its port $port. timeout(1) would send
# SIGTERM twice, and the second one ends a process that no longer handles it.
relay() {
    clear_output relay
    "$EXAMPLES/relay" 0 "$1" >"$work/relay" 2>"$work/relay.err" &
    relay=$!
    pids="$pids $relay"
    port=$(port_of relay)
}

# flood: sends as fast as possible; sets $sent.
flood() {
    expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --size 300 --seconds 0.5 \
        --check --json
    sent=$(sed 's/.*"datagrams":\([0-9]*\).*/\1/' "$work/out")
    [ "$sent" -gt 0 ] || fail 'nothing sent'
}

# wait_until_read PORT: waits until the kernel has no datagram for it.
wait_until_read() {
    tries=0
    until awk -v port=":$(printf '%04X' "$1")\$" '
        $2 ~ port { split($5, queues, ":"); waits = queues[2] !~ /^0*$/ }
        END { exit waits }' /proc/net/udp; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "datagrams wait at port $1"
        sleep 0.05
    done
}

# count NAME WORDS: the number before these words in the output.
count() {
    sed -n "s/^\\(.*[^0-9]\\)\\{0,1\\}\\([0-9][0-9]*\\) $2.*/\\2/p" "$work/$1"
}

# end_relay: it ends when everything is passed on. Sets its counts.
end_relay() {
    wait_until_read "$port"
    kill -TERM "$relay"
    expect_end "$relay" 0
    received=$(count relay received)
    passed=$(count relay 'passed on')
    refused=$(count relay refused)
    dropped=$(count relay 'dropped by')
    [ -n "$dropped" ] || {
        echo 'skipped: the system does not report dropped datagrams'
        exit 77
    }
    [ "$sent" -eq $((received + dropped)) ] ||
        fail "$sent sent, $received received, $dropped dropped"
    [ "$received" -eq $((passed + refused)) ] ||
        fail "$received received, $passed passed on, $refused refused"
}

# To a Unix socket, which loses nothing. While its reader hangs, the queue of the relay
# fills up, and the relay stops receiving.
mkdir "$work/far" # fail() does not print what is in it
start far/reader listen "unix:$work/far/socket"
reader=$pid
wait_for far/reader listening
relay "$work/far/socket"
kill -STOP "$reader"
flood
kill -CONT "$reader"
end_relay
[ "$refused" -eq 0 ] || fail "$refused refused"
tries=0
while [ "$(grep -c ' from ' "$work/far/reader")" -lt "$passed" ]; do
    tries=$((tries + 1))
    [ $tries -lt 400 ] || fail "the reader lacks some of $passed"
    sleep 0.05
done
kill -INT "$reader"
expect_end "$reader" 0
[ "$(grep -c ' from ' "$work/far/reader")" -eq "$passed" ] ||
    fail "the reader has more than $passed"
echo "to a Unix socket: $(tail -n 1 "$work/relay")"

# To a port. Its reader is too slow for all datagrams.
start sink sink 127.0.0.1:0 --check --json
sink=$pid
relay "$(port_of sink)"
flood
end_relay
[ "$refused" -eq 0 ] || fail "$refused refused"
wait_until_read "$(port_of sink)"
kill -INT "$sink"
expect_end "$sink" 0
arrived=$(sed -n 's/.*"result","datagrams":\([0-9]*\),.*/\1/p' "$work/sink")
lost=$(sed -n 's/.*"dropped":\([0-9]*\).*/\1/p' "$work/sink")
[ "$passed" -eq $((arrived + ${lost:-0})) ] ||
    fail "$passed passed on, $arrived arrived, $lost dropped"
echo "to a port: $(tail -n 1 "$work/relay")"

# To a port that nobody reads any more: datagrams are refused, and counted.
relay "$(port_of sink)"
flood
end_relay
echo "to nobody: $(tail -n 1 "$work/relay")"
