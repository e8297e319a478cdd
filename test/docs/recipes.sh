# Every program of docs/recipes.md compiles, serves a client, and ends without
# an error.
. "$SOURCE/test/lib/docs.sh"

# JavaScript there is a part of a program of node/examples, which has a test of its own.
sh "$SOURCE/tools/doc-examples" "$SOURCE/docs/recipes.md" "$work" |
    grep -v '\.js$' >"$work/list"
xargs -n 1 -P 2 sh "$SOURCE/tools/run-example" --build <"$work/list" \
    >"$work/output" || fail "$(cat "$work/output")"
cat "$work/output"

ran=

# recipe NAME ARGUMENT...: runs it in the background, as $pid.
recipe() {
    name=$1
    shift
    ran="$ran $name"
    clear_output "$name.got"
    timeout 30 "$work/$name.program" "$@" >"$work/$name.got" \
        2>"$work/$name.err" <"${input:-/dev/null}" &
    pid=$!
    pids="$pids $pid"
}

ended() {
    wait "$pid" || fail "$1 ended with $?: $(cat "$work/$1.err")"
    [ ! -s "$work/$1.err" ] || fail "$1: $(cat "$work/$1.err")"
}

got() {
    grep -q -- "$2" "$work/$1.got" || fail "$1: no '$2' in: $(cat "$work/$1.got")"
}

# Queries: a name in the table, another one, and no valid query.
recipe dns_server.c 0 3
port=$(port_of dns_server.c.got)
head='\0022\0001\0001\0000\0000\0001\0000\0000\0000\0000\0000\0000'
tail='\0007example\0004test\0000\0000\0001\0000\0001'
printf '%b' "$head\\0003www$tail" >"$work/question"
"$DGRAM" send --whole --file "$work/question" --wait 10 --count 1 \
    "127.0.0.1:$port" >"$work/answer" || fail "no answer"
record='\xc0\x0c\x00\x01\x00\x01\x00\x00\x00<\x00\x04\xc0\x00\x02P'
grep -qF "\x85\x00\x00\x01\x00\x01" "$work/answer" &&
    grep -qF "test\x00\x00\x01\x00\x01$record from" "$work/answer" ||
    fail "answer: $(cat "$work/answer")"
printf '%b' "$head\\0004nope$tail" >"$work/question"
"$DGRAM" send --whole --file "$work/question" --wait 10 --count 1 \
    "127.0.0.1:$port" >"$work/answer" || fail "no answer"
grep -qF '\x85\x03' "$work/answer" || fail "answer: $(cat "$work/answer")"
"$DGRAM" send "127.0.0.1:$port" nonsense
ended dns_server.c

# The answer comes from the address that was asked.
recipe dns_server.c 0 1
port=$(port_of dns_server.c.got)
"$DGRAM" send --whole --file "$work/question" --wait 10 --count 1 \
    "127.0.0.5:$port" >"$work/answer" || fail "no answer"
grep -q "from 127\.0\.0\.5:$port" "$work/answer" ||
    fail "answer: $(cat "$work/answer")"
ended dns_server.c

recipe ecn_echo.c 0 2
echo=$pid
port=$(port_of ecn_echo.c.got)
for ecn in 1 3; do
    timeout 30 "$work/ecn_echo.c.program" ask "$port" $ecn >"$work/ask.got" ||
        fail "ecn_echo.c: no answer"
    grep -q "^answered with ECN $ecn$" "$work/ask.got" ||
        fail "answered: $(cat "$work/ask.got")"
done
wait "$echo" || fail "ecn_echo.c: $(cat "$work/ecn_echo.c.err")"
got ecn_echo.c '^asked with ECN 3$'

recipe statsd_sink.c 0 4
port=$(port_of statsd_sink.c.got)
"$DGRAM" send "127.0.0.1:$port" 'hits:3|c' 'hits:1|c|@0.1' 'depth:7|g' 'x:|c'
ended statsd_sink.c
got statsd_sink.c '^hits 13$'
got statsd_sink.c '^depth 7$'
got statsd_sink.c '^refused 1$'

# The server is known by name.
start named listen --count 3 127.0.0.1:0
sink=$pid
recipe metrics.c localhost "$(port_of named)" 3
ended metrics.c
got metrics.c '^sent 3, failed 0, not received 0$'
wait "$sink" || fail 'metrics are missing'

# Without a daemon, and with one.
recipe syslog_client.c "$work/syslog" 2
ended syslog_client.c
got syslog_client.c '^logged 0, lost 2$'
start daemon listen "unix:$work/syslog" --count 3
daemon=$pid
wait_for daemon listening
recipe syslog_client.c "$work/syslog" 3
ended syslog_client.c
got syslog_client.c '^logged 3, lost 0$'
wait "$daemon" || fail 'lines are missing'
grep -q 'got: <14>.* example\[[0-9]*\]: line 3 ' "$work/daemon" || fail "$(cat "$work/daemon")"

# It is stopped while more arrives than its receive buffer holds.
recipe drop_monitor.c 0 1000
port=$(port_of drop_monitor.c.got)
kill -STOP "$pid"
"$DGRAM" flood --no-offload --size 1000 --seconds 1 "127.0.0.1:$port" \
    >"$work/flood" || fail "$(cat "$work/flood")"
kill -CONT "$pid"
ended drop_monitor.c
got drop_monitor.c '^received [0-9]*, lost [1-9]'

recipe discovery.c alpha 127.0.0.1 1
alpha=$pid
cp "$work/discovery.c.program" "$work/other.program"
recipe other beta 127.0.0.1 1
ended other
wait "$alpha" || fail "alpha: $(cat "$work/discovery.c.err")"
got discovery.c 'found beta at 127\.0\.0\.1'
got other 'found alpha at 127\.0\.0\.1'

# Below, a host of its own asks by multicast.
recipe mdns_responder.c Printer 0 1
port=$(port_of mdns_responder.c.got)
printf '%b' '\0000\0007\0000\0000\0000\0001\0000\0000\0000\0000\0000\0000' \
    '\0007printer\0005local\0000\0000\0001\0000\0001' | tr -d ' ' >"$work/question"
"$DGRAM" send --whole --file "$work/question" --wait 10 --count 1 \
    "127.0.0.1:$port" >"$work/answer" || fail 'mdns_responder.c: no answer'
grep -qF '\x00\x07\x84\x00\x00\x01\x00\x01' "$work/answer" &&
    grep -qF '\x00\x04\x7f\x00\x00\x01 from' "$work/answer" ||
    fail "answer: $(cat "$work/answer")"
ended mdns_responder.c
got mdns_responder.c '^answered 127\.0\.0\.1 by lo'

start sink listen --count 3 127.0.0.1:0
sink=$pid
recipe paced_sender.c 127.0.0.1 "$(port_of sink)" 3
ended paced_sender.c
got paced_sender.c 'sent 3 packets'
wait "$sink" || fail 'packets are missing'

# The reader hangs, and gets all datagrams afterwards.
start reader listen "unix:$work/log" --count 50
reader=$pid
wait_for reader listening
recipe unix_relay.c 0 "$work/log" 50
port=$(port_of unix_relay.c.got)
kill -STOP "$reader"
i=0
while [ $i -lt 50 ]; do
    i=$((i + 1))
    echo "line $i"
done | "$DGRAM" send "127.0.0.1:$port"
kill -CONT "$reader"
ended unix_relay.c
got unix_relay.c '^50 passed on, 0 failed$'
wait "$reader" || fail 'lines are missing'
grep -q 'got: line 50 ' "$work/reader" || fail "$(cat "$work/reader")"

# Its server is away for a while. Only what the first one had not read is lost.
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

start mtu_sink listen --count 3 127.0.0.1:0
sink=$pid
recipe pmtu_sender.c 127.0.0.1 "$(port_of mtu_sink)" 3
ended pmtu_sender.c
got pmtu_sender.c ' bytes of payload$'
wait "$sink" || fail 'long datagrams are missing'

# It follows the MTU of a host of its own, down and up again.
cat >"$work/mtu_changes.sh" <<'HOST'
payload() {
    tries=0
    until tail -n 1 got 2>/dev/null | grep -q "^MTU $1, $2 bytes"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { echo "not $2 bytes: $(cat got)"; exit 1; }
        sleep 0.1
    done
}
ip link set lo up mtu 1500 || exit 77
# nobody may listen there: the error is printed, and sending goes on
timeout 50 ./pmtu_sender.c.program 127.0.0.1 9 0 1 >got 2>err &
sender=$!
payload 1500 1472
ip link set lo mtu 1300
payload 1300 1272
ip link set lo mtu 1400
payload 1400 1372
kill $sender
HOST

# An interface that comes later has the group, too.
cat >"$work/interface_comes.sh" <<'HOST'
ip link set lo up || exit 77
timeout 50 ./mdns_responder.c.program printer 5353 >got 2>err &
responder=$!
until grep -q ^listening got; do sleep 0.05; done
ip link add d0 type veth peer name d1 || exit 77
ip link set d1 up
ip addr add 10.9.0.1/24 dev d0
ip link set d0 up
tries=0
until grep -q '^found 10\.9\.0\.1 by d0$' found 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 30 ] || { echo "not found: $(cat got err found)"; exit 1; }
    timeout 1 ./mdns_responder.c.program ask printer 5353 >>found 2>err
done
kill $responder
HOST

for how in -n -rn; do
    unshare $how true 2>/dev/null && break
    how=
done
if [ -z "$how" ] || ! ip -V >/dev/null 2>&1; then
    echo 'skipped hosts of their own: need ip (iproute2) and network namespaces'
else
    for host in mtu_changes interface_comes; do
        (cd "$work" && timeout 90 unshare $how sh $host.sh >host 2>&1)
        case $? in
        0) ;;
        77) echo "skipped $host: $(cat "$work/host")" ;;
        *) fail "$host: $(cat "$work/host")" ;;
        esac
    done
fi

# No old worker answers after a restart.
recipe prefork.c 0 2
wait_for prefork.c.got '^worker 1 ('
wait_for prefork.c.got '^worker 0 ('
port=$(port_of prefork.c.got)
sed -n 's/^worker .*(\(.*\)).*/\1/p' "$work/prefork.c.got" >"$work/old"
who() {
    "$DGRAM" send "127.0.0.1:$port" who --wait 10 --count 1 |
        sed -n 's/^got: \([0-9]*\) from.*/\1/p'
}
grep -qx "$(who)" "$work/old" || fail 'who answers is no worker'
kill -HUP "$pid"
wait_for prefork.c.got '^restarted: all are new$'
new=$(who)
[ -n "$new" ] || fail 'no answer'
grep -qx "$new" "$work/old" && fail "$new should have ended"
kill -TERM "$pid"
ended prefork.c

for name in epoll_loop.c glib_loop.c; do
    [ -x "$work/$name.program" ] || {
        ran="$ran $name"
        continue
    }
    recipe $name 0 1
    "$DGRAM" send "127.0.0.1:$(port_of $name.got)" hello
    ended $name
    got $name '^got: hello$'
done
mkfifo "$work/pipe"
input=$work/pipe recipe epoll_loop.c 0
echo end >"$work/pipe"
ended epoll_loop.c

# forged PROGRAM FILE: forged senders keep no client from its answer.
forged() {
    recipe "$1" 0 1320
    "$BUILD/test/forged_client" "$(port_of "$1.got")" 0 "$2" \
        >"$work/asked" 2>&1
    case $? in
    0) ;;
    77) cat "$work/asked" ;;
    *) fail "$1: $(cat "$work/asked")" ;;
    esac
    kill "$pid" 2>/dev/null
    wait "$pid"
}
if [ -x "$BUILD/test/forged_client" ]; then
    forged dns_server.c "$work/question"
    forged echo.cc "$work/question"
fi

recipe echo.cc 0 2
"$DGRAM" ping --count 2 --interval 0.1 "127.0.0.1:$(port_of echo.cc.got)" \
    >"$work/pings" || fail "no echo: $(cat "$work/pings")"
ended echo.cc

while read -r file; do
    case " $ran " in
    *" ${file##*/} "*) ;;
    *) fail "${file##*/} is not run" ;;
    esac
done <"$work/list"
