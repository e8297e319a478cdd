# mtu finds what a router with a smaller MTU reports, and what a silent one
# drops, with an echo server or a closed port at the end, over IPv4 and IPv6.
. "$SOURCE/test/lib/cli.sh"

need_namespaces ip nft
cat >"$work/hosts.sh" <<'END_HOSTS'
. "$SOURCE/test/lib/hosts.sh"

# finds TEXT ARGUMENT...: the command prints this line.
finds() {
    text=$1
    shift
    found=$("$DGRAM" mtu "$@" 2>&1)
    [ "$found" = "$text" ] && return
    echo "not '$text' but '$found': $*"
    return 1
}

# fails TEXT ARGUMENT...: the command ends with status 1, and says this.
fails() {
    text=$1
    shift
    "$DGRAM" mtu "$@" >out 2>err
    if [ $? -ne 1 ] || [ -s out ] || ! grep -qe "$text" err; then
        echo "not '$text': $*"
        cat out err
        return 1
    fi
}

# together NAME: waits for the commands that were started, and fails if one failed.
together() {
    for job in $jobs; do
        wait "$job" || exit 1
    done
    jobs=
}

on $router ip link set v2 mtu 1400 && on $server ip link set v3 mtu 1400 || exit 1
serve echo echo 10.2.0.1:7
[ -z "$v6" ] || serve echo6 echo '[fd02::1]:7'

four='10.2.0.1: MTU 1400, payload up to 1372 bytes,'
six='fd02::1: MTU 1400, payload up to 1352 bytes,'
finds "$four limited by 10.1.0.2" 10.2.0.1 || exit 1
finds "$four limited by 10.1.0.2" 10.2.0.1:7 || exit 1
"$DGRAM" mtu 10.2.0.1:7 --json >json || exit 1
grep -q '"mtu":1400,"payload":1372,.*"limit":"router","reporter":"10.1.0.2"}$' \
    json || exit 1
fails '^dgram mtu: 10.1.0.2: network is unreachable' 10.3.0.1 || exit 1
if [ -n "$v6" ]; then
    finds "$six limited by fd01::2" fd02::1 || exit 1
    finds "$six limited by fd01::2" '[fd02::1]:7' || exit 1
    fails '^dgram mtu: fd01::2: .* unreachable' fd03::1 || exit 1
fi

# The link of this host is the limit, although routers reported less before.
on $router ip link set v2 mtu 1500 && on $server ip link set v3 mtu 1500 || exit 1
finds '10.2.0.1: MTU 1500, payload up to 1472 bytes, '"\
limited by the interface of this host" 10.2.0.1:7 || exit 1

# A router that drops what is too long, and does not say so.
on $router ip link set v2 mtu 1400 && on $server ip link set v3 mtu 1400 || exit 1
on $router nft -f - <<'END_RULES' || exit 77
table inet silent {
    chain output {
        type filter hook output priority 0;
        icmp type destination-unreachable drop
        icmpv6 type packet-too-big drop
    }
}
END_RULES
jobs=
finds "$four longer packets get no answer" 10.2.0.1 --timeout 0.5 &
jobs="$jobs $!"
finds "$four longer packets get no answer" 10.2.0.1:7 --timeout 0.5 &
jobs="$jobs $!"
if [ -n "$v6" ]; then
    finds "$six longer packets get no answer" fd02::1 --timeout 0.5 &
    jobs="$jobs $!"
    finds "$six longer packets get no answer" '[fd02::1]:7' --timeout 0.5 &
    jobs="$jobs $!"
fi
together

# Nobody answers.
on $server nft add table inet deaf &&
    on $server nft add chain inet deaf input \
        '{ type filter hook input priority 0; }' &&
    on $server nft add rule inet deaf input meta l4proto udp drop || exit 77
fails 'no answer, not even to packets of 576 bytes' 10.2.0.1 --timeout 0.1 ||
    exit 1
grep -q 'dgram echo' err || exit 1
if [ -n "$v6" ]; then
    fails 'not even to packets of 1280 bytes' fd02::1 --timeout 0.1 || exit 1
fi
exit 0
END_HOSTS
export DGRAM SOURCE
(cd "$work" && timeout 100 unshare $how sh hosts.sh >hosts 2>&1)
status=$?
[ $status -ne 77 ] || {
    echo "skipped: no interface or rule can be made: $(tail -n 1 "$work/hosts")"
    exit 77
}
[ $status -eq 0 ] || fail "status $status"
