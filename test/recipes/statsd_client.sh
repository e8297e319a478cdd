# Its server is away for a while. Only what the first one had not read is lost.
. "$SOURCE/test/lib/recipe.sh"

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
sum=$(cat "$work/statsd" "$work/statsd_next" |
    sed -n 's/.*requests:\([0-9]*\)|c.*/\1/p' | awk '{ sum += $1 } END { print sum }')
[ "$sum" -le 900 ] && [ "$sum" -gt 500 ] || fail "$sum of 900 requests arrive"
