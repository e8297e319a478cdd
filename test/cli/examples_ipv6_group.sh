# The multicast examples work with an IPv6 group, in a network namespace.
. "$SOURCE/test/lib/cli.sh"

# Runs a script in a network namespace with an interface d0.
cat >"$work/host.sh" <<'END'
. "$SOURCE/test/lib/network.sh"
ip link set lo up &&
    ip link add d0 type veth peer name d1 &&
    ip link set d0 addrgenmode none up && ip link set d1 up &&
    ip addr add fd66::1/64 dev d0 nodad || exit 77
wait_for_network
"$EXAMPLES/membership" 0 ff15::66 ::%d0 1 >"$1/member" &
member=$!
tries=0
until grep -qs listening "$1/member"; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || break
    sleep 0.05
done
port=$(sed -n 's/.*listening.*://p' "$1/member")
"$EXAMPLES/multicast_interface" ff15::66 "$port" ::%d0 || kill $member
wait $member
END

need_namespaces ip
timeout 30 unshare $how sh "$work/host.sh" "$work" 2>"$work/err"
status=$?
if [ $status -eq 77 ]; then
    echo "skipped: no interface can be made: $(tail -n 1 "$work/err")"
    exit 77
fi
[ $status -eq 0 ] || fail "it ended with $status"
expect_in member '^listening to ff15::66:[1-9][0-9]*$'
expect_in member '^group got: hello$'
[ ! -s "$work/err" ] || fail 'it complains'
