# Three hosts in a row, for tests of the command: this one, a router and a
# server. A script that runs under 'unshare -n' or '-rn' reads this with '.'. It
# exits with 77 if no interface can be made.
# shellcheck shell=sh
. "$SOURCE/test/lib/network.sh"

# on HOST COMMAND...: runs it on $router or $server.
on() {
    host=$1
    shift
    nsenter -t "$host" -n "$@"
}

end_hosts() {
    # shellcheck disable=SC2086 # several processes
    kill $hosted $router $server
    wait
}

# await FILE PATTERN: waits until a line of the file matches, 10 s at most.
await() {
    tries=0
    until grep -q -- "$2" "$1"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || exit 1
        sleep 0.05
    done
}

# serve NAME COMMAND...: runs dgram on the server until the end.
serve() {
    name=$1
    shift
    : >"$name"
    # Not a function, which would run in a shell of its own: $! is dgram.
    nsenter -t "$server" -n "$DGRAM" "$@" >"$name" 2>&1 &
    hosted="$hosted $!"
    await "$name" listening
}

hosted=
unshare -n sh -c 'echo >ready.router; exec sleep 100' &
router=$!
unshare -n sh -c 'echo >ready.server; exec sleep 100' &
server=$!
trap end_hosts EXIT
until [ -e ready.router ] && [ -e ready.server ]; do sleep 0.05; done

ip link add v0 type veth peer name v1 && ip link set v1 netns $router &&
    on $router ip link add v2 type veth peer name v3 &&
    on $router ip link set v3 netns $server || exit 77
ip addr add 10.1.0.1/24 dev v0 && ip link set v0 up && ip link set lo up &&
    ip route add default via 10.1.0.2 || exit 1
on $router ip addr add 10.1.0.2/24 dev v1 && on $router ip link set v1 up &&
    on $router ip addr add 10.2.0.2/24 dev v2 && on $router ip link set v2 up &&
    on $router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward' || exit 1
on $server ip addr add 10.2.0.1/24 dev v3 && on $server ip link set v3 up &&
    on $server ip route add default via 10.2.0.2 || exit 1

# No limit for ICMP errors.
for host in $router $server; do
    on $host sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
        echo 0 >/proc/sys/net/ipv4/icmp_ratemask' || exit 1
done

# Addresses of IPv6, where the system has it.
v6=
if ip addr add fd01::1/64 dev v0 nodad 2>err; then
    v6=yes
    ip route add default via fd01::2 &&
        on $router ip addr add fd01::2/64 dev v1 nodad &&
        on $router ip addr add fd02::2/64 dev v2 nodad &&
        on $router sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding' &&
        on $server ip addr add fd02::1/64 dev v3 nodad &&
        on $server ip route add default via fd02::2 || exit 1
    for host in $router $server; do
        on $host sh -c 'echo 0 >/proc/sys/net/ipv6/icmp/ratelimit' || exit 1
    done
fi

wait_for_network
wait_for_network on $router
wait_for_network on $server
