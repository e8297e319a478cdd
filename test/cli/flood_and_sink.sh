# Both ends of a measurement count the same datagrams.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0 --check --json
port=$(port_of sink)
expect_in sink "^{\"event\":\"listening\",\"address\":\"127.0.0.1\",.*\"port\":$port}\$"
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --size 100 --seconds 0.3 \
    --rate 5000 --check --json
sent=$(sed 's/.*"datagrams":\([0-9]*\).*/\1/' "$work/out")
[ "$sent" -gt 0 ] || fail 'nothing sent'
expect_in out "^{\"event\":\"result\",.*\"bytes\":$((sent * 100)),\"seconds\":.*\"kpps\":.*\"gbps\":.*}\$"
kill -INT "$pid"
expect_end "$pid" 0
expect_in sink "^{\"event\":\"result\",\"datagrams\":$sent,\"bytes\":$((sent * 100)),.*\"lost\":0,\"reordered\":0,\"duplicates\":0,\"unstamped\":0,\"loss_percent\":0.000,\"jitter_ms\":[0-9.]*\(,\"dropped\":[0-9]*\)\{0,1\}}\$"

start timed sink 127.0.0.1:0 --seconds 0.2
port=$(port_of timed)
expect_in timed.err "^sink listening 127.0.0.1:$port\$"
timed=$pid
start endless flood "127.0.0.1:$port"
expect_end "$timed" 0
expect_in timed ' datagrams in .* s: .* kpps'
kill -INT "$pid"
wait "$pid" # the port is closed: the status depends on what was sent last
expect_in endless ' datagrams in .* s: .* kpps, .* [GM]bit/s$'

start any sink 127.0.0.1:0
start checked sink 127.0.0.1:0 --check
port=$(port_of checked)
checked=$pid
expect_status 0 "$DGRAM" send "127.0.0.1:$port" 'no number'
expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --size 24 --seconds 0.1 \
    --rate 100 --check
kill -INT "$checked"
expect_end "$checked" 0
expect_in checked " lost .* without a number"
expect_in checked '1 without a number'

expect_status 0 "$DGRAM" flood "127.0.0.1:$(port_of any)" --seconds 0.05 \
    --size 0 --json
expect_in out '"bytes":0,.*,"failed":0,"errors":{}}$'

# A signal ends a running flood.
start first listen 127.0.0.1:0
port=$(port_of first)
start long flood "127.0.0.1:$port" --seconds 60 --rate 100
wait_for first 'got: '
kill "$pid"
expect_end "$pid" 0
expect_in long ' datagrams in '
