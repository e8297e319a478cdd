# The name of an interface may contain a quote. The output of --json is still
# valid JSON.
. "$SOURCE/test/lib/cli.sh"

need_namespaces ip
cat >"$work/host.sh" <<'END_HOST'
. "$SOURCE/test/lib/network.sh"
ip link set lo up && ip link add 'q"\' type veth peer name q1 &&
    ip link set 'q"\' up && ip link set q1 up &&
    ip -6 addr add fe80::7/64 dev 'q"\' nodad || exit 77
wait_for_network
"$DGRAM" listen '[fe80::7%q"\]:9' --json --count 1 >listen &
listen=$!
until grep -q listening listen; do sleep 0.05; done
"$DGRAM" send '[fe80::7%q"\]:9' x || exit 1
wait $listen
"$DGRAM" ping '[fe80::7%q"\]:9' --count 1 --json >ping # nobody listens
timeout 20 "$DGRAM" mtu '[fe80::7%q"\]:9' --json >mtu || exit
END_HOST
export DGRAM
(cd "$work" && timeout 60 unshare $how sh host.sh >host 2>&1)
status=$?
[ $status -ne 77 ] || {
    echo "skipped: no such interface can be made: $(tail -n 1 "$work/host")"
    exit 77
}
[ $status -eq 0 ] || fail "status $status"
[ "$(wc -l <"$work/listen")" = 2 ] || fail 'not two lines'
[ "$(grep -cF '"address":"fe80::7%q\"\\"' "$work/listen")" = 2 ] ||
    fail 'not escaped'
# An address with an interface is escaped in errors, too.
[ "$(grep -cF '"reporter":"fe80::7%q\"\\"' "$work/ping")" = 2 ] ||
    fail 'the reporter is not escaped'
grep -qF '"address":"fe80::7%q\"\\"' "$work/mtu" || fail 'mtu is not escaped'
