# --join and --interface take the name, the index or an IPv4 address of an
# interface, for IPv4 and for IPv6. Runs in a network namespace.
. "$SOURCE/test/lib/cli.sh"

need_namespaces ip
export DGRAM
cat >"$work/host.sh" <<'END_HOST'
. "$SOURCE/test/lib/network.sh"

# a0 has two addresses, n0 has none, 7 has a number for a name, b0 is another one.
ip link set lo up
for pair in a0:a1 b0:b1 n0:n1 7:n7 down0:down1; do
    ip link add "${pair%:*}" type veth peer name "${pair#*:}" 2>err || {
        echo "skipped: no interface can be made: $(cat err)"
        exit 77
    }
done
for name in a0 a1 b0 b1 n0 n1 7 n7; do
    ip link set $name up || exit 1
done
ip addr add 10.9.0.1/24 dev a0 && ip addr add 10.9.0.9/24 dev a0 &&
    ip addr add 10.8.0.1/24 dev b0 && ip addr add 10.7.0.1/24 dev 7 || exit 1
wait_for_network
index=$(ip -o link show dev a0 | cut -d : -f 1)

die() {
    echo "$*"
    for file in listen listen.err out err; do
        echo "-- $file"
        cat $file
    done
    exit 1
}

send() {
    "$DGRAM" send "$@" >out 2>err || die "send $*"
}

await() {
    tries=0
    until grep -q -- "$1" listen listen.err; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || die "no '$1'"
        sleep 0.05
    done
}

# receives TEXT SEND... : LISTEN...: what is sent through another interface does not
# arrive.
listens() {
    : >listen
    : >listen.err
    "$DGRAM" listen "$@" --count 1 >listen 2>listen.err &
    listen=$!
    await listening
}
ends_with() {
    wait $listen || die "listen: status $?"
    grep -q "got: $1 from" listen || die "not $1"
}

for interface in a0 $index 10.9.0.1 10.9.0.9; do
    listens 5000 --join "239.1.2.3@$interface"
    send 239.1.2.3:5000 wrong --interface b0
    send 239.1.2.3:5000 right --interface a0
    ends_with right
    listens 5000 --join 239.1.2.3@a0
    send 239.1.2.3:5000 wrong --interface 10.8.0.1
    send 239.1.2.3:5000 right --interface "$interface"
    ends_with right
done

# An interface without an address uses the address of another one. A name takes
# precedence over an index.
for interface in n0 7; do
    listens 5000 --join "239.1.2.3@$interface"
    send 239.1.2.3:5000 wrong --interface a0
    send 239.1.2.3:5000 right --interface "$interface"
    ends_with right
done

# From one source.
listens 5000 --join 232.1.2.3@a0 --source 10.9.0.9
send 232.1.2.3:5000 wrong --interface a0 --source 10.9.0.1
send 232.1.2.3:5000 right --interface a0 --source 10.9.0.9
ends_with right

# A unicast datagram is sent through the interface that has the address.
"$DGRAM" ping 10.8.0.2:9 --interface 10.9.0.1 --count 1 --timeout 0.05 >out 2>err
grep -q '1 sent' out || die 'ping'
ip -s neigh show dev a0 | grep -q '^10.8.0.2 ' || die 'not by a0'

# ping and flood reach a group without a route.
listens 5000 --join 239.1.2.3@a0
"$DGRAM" flood 239.1.2.3:5000 --interface a0 --rate 10 --seconds 0.1 >out 2>err ||
    die flood
wait $listen || die 'listen to flood'
listens 5000 --join 239.1.2.3@a0 --echo
"$DGRAM" ping 239.1.2.3:5000 --interface a0 --count 1 --timeout 10 >out 2>err &
ping=$!
wait $listen || die 'listen to ping'
kill $ping
wait $ping

# A group can be joined on an interface that is down, but nothing is sent through it.
listens 5000 --join 239.1.2.3@down0
kill $listen
wait $listen
"$DGRAM" send 239.1.2.3:5000 x --interface down0 >out 2>err && die 'it is down'
grep -q 'is down or has no address' err || die advice
for line in '[ff02::5%down0]:5000' '[ff02::5]:5000 --interface down0'; do
    # shellcheck disable=SC2086 # several words
    "$DGRAM" send $line x >out 2>err && die 'it is down for IPv6'
    grep -q 'is down or has no address' err || die "advice: $line"
done

# The error for an unknown interface lists those that exist.
for line in 'listen 0 --join 239.1.2.3@no-such' 'listen 0 --join 239.1.2.3@99' \
    'listen 0 --join 239.1.2.3@10.66.0.1' 'send 239.1.2.3:9 x --interface no-such'; do
    # shellcheck disable=SC2086 # several words
    timeout 10 "$DGRAM" $line >out 2>err
    [ $? -eq 1 ] || die "$line"
    grep -q 'there is no such interface; there are lo, .*a0' err || die "$line"
done
"$DGRAM" listen 0 -6 --join ff02::1@no-such >out 2>err
[ $? -eq 2 ] || die 'IPv6'
grep -q '::%no-such: no interface has that name; there are lo, ' err || die 'IPv6'
"$DGRAM" listen 0 --join 239.1.2.3%a0 >out 2>err
[ $? -eq 2 ] || die '%'
grep -q "did you mean '239.1.2.3@a0'" err || die '%'

# A long list is cut.
i=0
while [ $i -lt 12 ]; do
    ip link add "long-name-$i" type veth peer name "other-$i" || exit 1
    i=$((i + 1))
done
"$DGRAM" send 239.1.2.3:9 x --interface no-such >out 2>err
grep -q 'there are lo, .* and 23 more$' err || die many
exit 0
END_HOST
(cd "$work" && timeout 100 unshare $how sh host.sh >host 2>&1)
status=$?
[ $status -ne 77 ] || { tail -n 1 "$work/host"; exit 77; }
[ $status -eq 0 ] || fail "status $status"
