# A sink that serves sends back what a flood asks for, up to its limit.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0 --serve --json --send-limit 10M
sink=$pid
port=$(port_of sink)

expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --reverse --size 200 \
    --rate 500 --seconds 0.5 --check --json
expect_in out '^{"event":"result","datagrams":0,'
expect_in out '"back":{"datagrams":\([0-9]*\),.*,"lost":0,.*,"duplicates":0,.*"sent":\1,'
grep -q '"far"' "$work/out" && fail 'nothing was sent there'

expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --bidir --size 200 \
    --rate 500 --seconds 0.5 --parallel 2
expect_in out '^sum: 250 datagrams in '
expect_in out '^far end: 250 datagrams in .*; 0 lost (0.00%)'
expect_in out '^back: [0-9]* datagrams in .*; 0 lost (0.00%)'

# 10 Mbit/s are at most 1250 datagrams of 1000 bytes in a second, with headers.
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --reverse --size 1000 \
    --seconds 0.5 --json
sent=$(sed 's/.*"sent":\([0-9]*\).*/\1/' "$work/out")
[ "$sent" -gt 0 ] || fail 'nothing was sent back'
expect_in out '"limit_bps":10000000'

kill -INT "$sink"
expect_end "$sink" 0
[ "$(grep -c '"event":"flood",.*"back":{"datagrams":[1-9]' "$work/sink")" = 3 ] ||
    fail 'not three floods that were sent something'
