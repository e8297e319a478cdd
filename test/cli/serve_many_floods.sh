# Many floods at once, one of them of several streams, are counted apart.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0 --serve
sink=$pid
port=$(port_of sink)
floods=
for number in 1 2 3 4; do
    start "flood$number" flood "127.0.0.1:$port" --size "$((number * 100))" \
        --rate 500 --seconds 0.4 --check --results
    floods="$floods $pid"
done
start streams flood "127.0.0.1:$port" --size 50 --rate 500 --seconds 0.4 \
    --parallel 5 --results --json
floods="$floods $pid"
for flood in $floods; do
    expect_end "$flood" 0
done
for number in 1 2 3 4; do
    expect_in "flood$number" '^far end: 200 datagrams in .*; 0 lost'
done
expect_in streams '"far":{"datagrams":200,"bytes":10000,.*,"lost":0,'
wait_for sink '(5 streams): 200 datagrams in .*; 0 lost'
kill -INT "$sink"
expect_end "$sink" 0
[ "$(grep -c '^127.0.0.1:.* 200 datagrams in .*; 0 lost' "$work/sink")" = 5 ] ||
    fail 'not five floods'
expect_in sink '^1000 datagrams in '

# A host has at most 256 streams. The result has the datagrams of the served ones.
start sink sink 127.0.0.1:0 --serve
sink=$pid
port=$(port_of sink)
start many flood "127.0.0.1:$port" --parallel 254 --rate 254 --seconds 60 --results \
    --interval 0.1
many=$pid
wait_for many '^ *0.1'
expect_status 1 "$DGRAM" flood "127.0.0.1:$port" --parallel 5 --rate 500 \
    --seconds 0.1 --results --json
expect_in err 'no results of 3 of the 5 streams: it serves as many floods as it can already'
expect_in out '"far":{"datagrams":20,.*"lost":0,.*"sent":20}'
kill -INT "$many"
expect_end "$many" 0
