# Missing answers of --count are a failure. A closed port is one, too, and ends
# the wait.
. "$SOURCE/test/lib/cli.sh"

start silent listen 127.0.0.1:0
port=$(port_of silent)
expect_status 1 "$DGRAM" send "127.0.0.1:$port" q --wait 0.2 --count 1
expect_in err "waited 0.2 s for 1 answer from 127.0.0.1:$port: 0 came"
expect_status 1 "$DGRAM" send "localhost:$port" q --wait 0.2 --count 3
expect_in err "waited .* s for 3 answers from 127.0.0.1:$port"
expect_status 0 "$DGRAM" send "127.0.0.1:$port" q --wait 0.1
[ ! -s "$work/err" ] || fail 'no number was given'
start interrupted send "127.0.0.1:$port" last --wait 60 --count 1
wait_for silent 'got: last'
kill -TERM "$pid"
expect_end "$pid" 1
expect_in interrupted.err "interrupted waiting for 1 answer from 127.0.0.1:$port: 0 came"

start echo echo 127.0.0.1:0
echo=$pid
port=$(port_of echo)
expect_status 0 "$DGRAM" send "127.0.0.1:$port" a b --wait 60 --count 2
[ "$(grep -c '^got: [ab] from' "$work/out")" = 2 ] || fail 'not two answers'
expect_status 1 "$DGRAM" send "127.0.0.1:$port" a --wait 0.2 --count 2
expect_in err 'waited .* s for 2 answers .*: 1 came'

# Answers that have come are printed, although the reader of the output keeps the
# command from them until the wait is over. Another socket sends them.
start asked listen 127.0.0.1:0
asked=$pid
awk 'BEGIN { for (i = 0; i < 60; i++) printf "%01000d\n", i }' >"$work/lines"
"$DGRAM" send "127.0.0.1:$(port_of asked)" question --json --wait 3 | {
    sleep 5
    cat
} >"$work/slow" &
slow=$!
wait_for asked 'got: question'
asker=$(sed -n 's/.*question from //p' "$work/asked")
"$DGRAM" send "$asker" --file "$work/lines" --rate 200 || fail 'not sent'
expect_end "$slow" 0
[ "$(grep -c '"event":"message"' "$work/slow")" = 60 ] || fail 'answers were lost'
kill -INT "$asked"
expect_end "$asked" 0
rm "$work/lines"

# Answers that come early do not stop the other datagrams. No more answers are printed
# than were asked for, and nothing is sent again.
expect_status 0 "$DGRAM" send "127.0.0.1:$port" a b c --interval 0.3 --json \
    --wait 60 --count 1
expect_in out '^{"event":"result","sent":3,"bytes":3,"failed":0,"answers":1,'
[ "$(wc -l <"$work/out")" = 2 ] || fail 'more than one answer'
for times in 0 3; do
    expect_status 0 timeout 30 "$DGRAM" send "127.0.0.1:$port" a --json \
        --repeat $times --interval 1000 --wait 60 --count 1
    expect_in out '^{"event":"result","sent":1,"bytes":1,"failed":0,"answers":1,'
done
{
    head -c 70000 /dev/zero
    printf '\nshort\n'
} >"$work/lines"
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --file "$work/lines" --wait 0.2 --count 2
expect_in err 'line 1: send EMSGSIZE'
expect_in err 'waited .* s for 2 answers .*: 1 came'
rm "$work/lines"
kill -INT "$echo"
expect_end "$echo" 0

expect_status 1 "$DGRAM" send 127.0.0.1:9 --wait 60 --count 1
expect_in err 'nothing was sent, so no answer came'

# The port is closed now. The wait would take a minute.
for host in 127.0.0.1 localhost; do
    expect_status 1 timeout 30 "$DGRAM" send "$host:$port" q --wait 60 --count 1
    expect_in err "send ECONNREFUSED 127.0.0.1:$port (connection refused)"
    expect_in err 'nobody listens on that port'
    expect_status 1 timeout 30 "$DGRAM" send "$host:$port" q --wait 60
    expect_in err 'connection refused'
done
if grep -q . /proc/net/if_inet6; then
    for host in '[::1]' '[::ffff:127.0.0.1]'; do
        expect_status 1 timeout 30 "$DGRAM" send "$host:$port" q --wait 60
        expect_in err 'connection refused'
    done
fi
expect_status 0 "$DGRAM" send "127.0.0.1:$port" q
