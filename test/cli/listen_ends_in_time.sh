# listen --seconds ends it, and says so if datagrams are missing.
. "$SOURCE/test/lib/cli.sh"

expect_status 0 "$DGRAM" listen 127.0.0.1:0 --seconds 0.01
[ ! -s "$work/out" ] || fail 'a line without a datagram'

start few listen 127.0.0.1:0 --count 2 --seconds 1 --from :7
port=$(port_of few)
"$DGRAM" send "127.0.0.1:$port" other || fail send
expect_end "$pid" 1
expect_in few.err 'dgram listen: 0 of 2 datagrams came in 1 s'
[ ! -s "$work/few" ] || fail 'an ignored datagram was printed'

start enough listen 127.0.0.1:0 --count 1 --seconds 1000
"$DGRAM" send "127.0.0.1:$(port_of enough)" one || fail send
expect_end "$pid" 0

# A datagram that came in time counts, even if the command reads it later.
for round in 1 2 3; do
    start late listen 127.0.0.1:0 --count 5 --seconds 1
    port=$(port_of late)
    sleep 0.1 # until it waits for datagrams
    kill -STOP "$pid"
    "$DGRAM" send "127.0.0.1:$port" 1 2 3 4 5 || fail send
    sleep 1
    ended=$(grep -c 'came in' "$work/late.err")
    kill -CONT "$pid"
    [ "$ended" -eq 0 ] || continue # this machine is slow
    expect_end "$pid" 0
    [ "$(grep -c '^server got: ' "$work/late")" -eq 5 ] || fail "round $round"
done

# A signal ends it before the time, and is no error.
start signal listen 127.0.0.1:0 --count 5 --seconds 1000
wait_for signal listening
kill -INT "$pid"
expect_end "$pid" 0

for wrong in 0 -1 x ''; do
    expect_status 2 "$DGRAM" listen 0 --seconds "$wrong"
done
expect_status 2 "$DGRAM" listen 0 --seconds 1 --workers 2
expect_in err '--seconds cannot be used with --workers'
