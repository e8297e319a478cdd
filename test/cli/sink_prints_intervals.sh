# sink --interval prints what each interval brought, and the rest at the end.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0 --interval 0.1 --check --json
port=$(port_of sink)
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --rate 1000 --seconds 0.5 \
    --size 100 --check
wait_for sink '"event":"interval"'
kill -INT "$pid"
expect_end "$pid" 0
expect_in sink '^{"event":"interval","from":0.000,"to":0.[0-9]*,"datagrams":[0-9]*,"bytes":.*,"lost":0,"loss_percent":0.000,"jitter_ms":'
sum=$(sed -n 's/^{"event":"interval".*"datagrams":\([0-9]*\),.*/\1/p' "$work/sink" |
    awk '{ sum += $1 } END { print sum }')
[ "$sum" = 500 ] || fail "the lines have $sum datagrams"
expect_in sink '^{"event":"result","datagrams":500,'

start sink sink 127.0.0.1:0 --interval 0.1
port=$(port_of sink)
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --rate 100 --seconds 0.3
kill -INT "$pid"
expect_end "$pid" 0
expect_in sink '^  from (s)     to (s)     datagrams'
expect_in sink '^     0.000 '
