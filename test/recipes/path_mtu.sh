# It follows the MTU of a host of its own, down and up again.
. "$SOURCE/test/lib/recipe.sh"

start mtu_sink listen --count 3 127.0.0.1:0
sink=$pid
recipe pmtu_sender.c 127.0.0.1 "$(port_of mtu_sink)" 3
ended pmtu_sender.c
got pmtu_sender.c ' bytes of payload$'
wait "$sink" || fail 'long datagrams are missing'

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

in_namespace mtu_changes
