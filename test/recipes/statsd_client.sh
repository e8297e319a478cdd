# A client sends 900 requests by a Unix socket whose server is away for a while, and by UDP.
# Only what the first server had not read is lost.
. "$SOURCE/test/lib/recipe.sh"

# sum FILE...: of the counts in the output of dgram.
sum() {
    cat "$@" | grep -o 'requests\.[0-9]*:[0-9]*|c' | sed 's/.*:\([0-9]*\)|c/\1/' |
        awk '{ sum += $1 } END { print sum }'
}

expect_status 2 timeout 20 "$work/statsd_client.c.program" 65536

start statsd listen --count 2 "unix:$work/statsd.sock"
first=$pid
wait_for statsd listening
recipe statsd_client.c "$work/statsd.sock" 900
client=$pid
wait "$first" || fail 'the StatsD client reports nothing'
sleep 0.3
start statsd_next listen "unix:$work/statsd.sock"
pid=$client
ended statsd_client.c
got statsd_client.c '^900 requests reported$'
sum=$(sum "$work/statsd" "$work/statsd_next")
[ "$sum" -le 900 ] && [ "$sum" -gt 500 ] || fail "$sum of 900 requests arrive"

# By UDP; several counters are in a datagram, and it is never longer than it may be.
start udp listen --json 127.0.0.1:0
recipe statsd_client.c "$(port_of udp)" 300
ended statsd_client.c
tries=0
until [ "$(sum "$work/udp")" = 300 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "$(sum "$work/udp") of 300 requests arrive"
    sleep 0.05
done
grep -q 'requests.*|c.*requests' "$work/udp" || fail 'one counter in each datagram'
longest=$(sed -n 's/.*"size":\([0-9]*\).*/\1/p' "$work/udp" | sort -n | tail -n 1)
[ "$longest" -le 1432 ] || fail "a datagram of $longest bytes"
