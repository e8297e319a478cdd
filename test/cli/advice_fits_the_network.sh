# The advice for a missing port, route or interface is right. Runs in network
# namespaces.
. "$SOURCE/test/lib/cli.sh"

need_namespaces ip
export DGRAM

cat >"$work/host.sh" <<'END_HOST'
. "$SOURCE/test/lib/network.sh"

# advises ADVICE ARGUMENT...
advises() {
    advice=$1
    shift
    timeout 10 "$DGRAM" "$@" >out 2>err
    status=$?
    if [ $status -ne 1 ] || ! grep -qe "$advice" out err; then
        echo "status $status, and not '$advice': $*"
        cat out err
        exit 1
    fi
}

# works ARGUMENT...
works() {
    timeout 10 "$DGRAM" "$@" >out 2>&1 && return
    echo "does not work: $*"
    cat out
    exit 1
}

ip link set lo up
ip link add d0 type veth peer name d1 2>err || {
    echo "skipped: no interface can be made: $(cat err)"
    exit 77
}
ip link set d0 up && ip link set d1 up && ip addr add 10.77.0.1/24 dev d0 || exit 1
wait_for_network

# Groups and the address 255.255.255.255, without a route.
advises '--interface NAME' send 239.1.2.3:9 x
works send 239.1.2.3:9 x --interface 10.77.0.1
advises '--bind ADDRESS:0' send 255.255.255.255:9 x --broadcast
works send 255.255.255.255:9 x --broadcast --bind 10.77.0.1:0
advises '--interface NAME' ping 239.1.2.3:9 --count 1 --timeout 0.1
advises '--interface NAME' flood 239.1.2.3:9 --seconds 0.1
advises 'ip route add GROUP dev' mtu 239.1.2.3
ip route add 239.1.2.3 dev d0 || exit 1
works flood 239.1.2.3:9 --seconds 0.1
advises 'there is no route' send 192.0.2.1:9 x

# A link-local address, which exists on each link.
if ip -6 addr add fe80::7/64 dev d0 nodad 2>err; then
    wait_for_network
    for host in fe80::1 fe90::1 ff02::1 ff01::1; do
        advises 'needs its interface' flood "[$host]:9" --seconds 0.1
    done
    advises 'needs its interface' send '[fe90::1]:9' x
    advises 'needs its interface' listen '[fe80::7]:0'
    works flood '[ff02::1%d0]:9' --seconds 0.1
    for word in --ipv6-only '--ipv6-only --workers 2'; do
        # shellcheck disable=SC2086 # several words
        advises 'leave out --ipv6-only' echo '[::ffff:127.0.0.1]:0' $word
    done
    [ "$(grep -c 'add -6' out)" = 0 ] || exit 1
fi
advises 'use an IPv6 address' listen 127.0.0.1:0 --ipv6-only

# A blackhole route.
ip route add blackhole 10.78.0.0/16 || exit 1
advises 'blackhole' send 10.78.0.1:9 x
advises 'blackhole' flood 10.78.0.1:9 --seconds 0.1

# No port is free: choosing another one would not help.
if echo 40000 40000 2>err >/proc/sys/net/ipv4/ip_local_port_range; then
    "$DGRAM" listen 127.0.0.1:0 >listen 2>&1 &
    listen=$!
    until grep -q listening listen; do sleep 0.05; done
    for verb in 'listen 127.0.0.1:0' 'sink 127.0.0.1:0' 'send 127.0.0.1:9 x' \
        'send 127.0.0.1:9 x --bind 0' 'ping 127.0.0.1:9' \
        'echo 0 --workers 2' 'flood 127.0.0.1:9'; do
        # shellcheck disable=SC2086 # several words
        advises 'no port is free' $verb
        [ "$(grep -c 'choose another' err)" = 0 ] || exit 1
    done
    echo 40000 40009 >/proc/sys/net/ipv4/ip_local_port_range
    works send 127.0.0.1:9 x
    kill -INT $listen
    wait $listen
fi
END_HOST
(cd "$work" && timeout 100 unshare $how sh host.sh >host 2>&1)
status=$?
[ $status -ne 77 ] || { cat "$work/host" && exit 77; }
[ $status -eq 0 ] || fail "status $status"
