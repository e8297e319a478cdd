# It answers a query by unicast, and a host of its own by multicast.
. "$SOURCE/test/lib/recipe.sh"

expect_status 2 timeout 20 "$work/mdns_responder.c.program" printer 65536
port_in_use mdns_responder.c printer

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

# Nobody answers: it ends with an error.
expect_status 1 timeout 60 "$work/mdns_responder.c.program" ask nobody 0
expect_in err '^0 answers in 3000 ms$'

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
# It waits for all answers, but not longer for more than there are.
timeout 20 ./mdns_responder.c.program ask printer 5353 >found || { cat found; exit 1; }
timeout 20 ./mdns_responder.c.program ask printer 5353 99 2>err && exit 1
grep '^[0-9]* answers in' err || exit 1
kill $responder
HOST

in_namespace interface_comes
