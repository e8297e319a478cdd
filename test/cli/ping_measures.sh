# Round trips are measured, and missing answers are reported.
. "$SOURCE/test/lib/cli.sh"

start echo echo 127.0.0.1:0
port=$(port_of echo)
echo_pid=$pid
expect_in echo.err "^echo listening 127.0.0.1:$port\$"
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 3 --interval 0.01 \
    --size 1000
expect_in out "^PING 127.0.0.1:$port: 1000 bytes of data\$"
expect_in out "^1000 bytes from 127.0.0.1:$port: seq=3 time=[0-9.]* ms\$"
expect_in out '^3 sent, 3 received, 0% loss, 0 duplicates, 0 reordered$'
expect_in out '^round trip min/avg/max .*jitter'
expect_in out '^p50/p90/p95/p99/p99.9 \([0-9.]*/\)\{4\}[0-9.]* ms$'

expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 2 --interval 0.01 --json
expect_in out '^{"event":"reply","seq":2,"size":64,"ms":[0-9.]*,"note":""}$'
expect_in out '^{"event":"result","sent":2,"received":2,"loss_percent":0.00,'
expect_in out '"p50_ms":.*"p90_ms":.*"p95_ms":.*"p99_ms":.*"p999_ms":'

# Parts of a millisecond count: 200 intervals of 1.9 ms take 380 ms. Not every
# system's date knows nanoseconds.
before=$(date +%s%N)
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 201 --interval 0.0019
after=$(date +%s%N)
case $before$after in
*[!0-9]*) ;;
*)
    [ ${#after} -lt 19 ] || [ $(((after - before) / 1000000)) -ge 380 ] ||
        fail 'it sends too fast'
    ;;
esac

start endless ping "127.0.0.1:$port" --interval 0.01
wait_for endless 'seq=3'
kill -INT "$pid"
expect_end "$pid" 0
expect_in endless ' sent, .* received'

kill -INT "$echo_pid"
expect_end "$echo_pid" 0
expect_in echo '^[0-9]* received, [0-9]* sent back, [0-9]* bytes$'

expect_status 1 "$DGRAM" ping "127.0.0.1:$port" --count 2 --interval 0.01
expect_in out 'no reply: 127.0.0.1: connection refused'
expect_in out '2 sent, 0 received, 100% loss'

# Also if the IPv4 host is written as an IPv6 address.
if "$DGRAM" listen '[::1]:0' --seconds 0.01 >"$work/out" 2>&1; then
    expect_status 1 "$DGRAM" ping "[::ffff:127.0.0.1]:$port" --count 1
    expect_in out 'no reply: ::ffff:127.0.0.1: connection refused'
fi

start silent sink 127.0.0.1:0
expect_status 1 "$DGRAM" ping "127.0.0.1:$(port_of silent)" --count 1 \
    --timeout 0.05
expect_in out '^no reply: seq=1 within 0.05 s$'
expect_in out '1 sent, 0 received'
