# --source, --interface, --device, --dscp, --ecn and --ttl of send, ping and
# flood are what a receiver behind a router sees, over IPv4 and IPv6.
. "$SOURCE/test/lib/cli.sh"

need_namespaces ip
cat >"$work/hosts.sh" <<'END_HOSTS'
. "$SOURCE/test/lib/hosts.sh"

# A second address, and a second interface to the router.
ip addr add 10.1.0.9/24 dev v0 && ip link add w0 type veth peer name w1 &&
    ip link set w1 netns $router && ip addr add 10.3.0.1/24 dev w0 &&
    ip link set w0 up && on $router ip addr add 10.3.0.2/24 dev w1 &&
    on $router ip link set w1 up &&
    ip route add 10.2.0.0/24 via 10.3.0.2 dev w0 metric 900 &&
    ip route add 10.2.0.0/24 via 10.1.0.2 dev v0 || exit 1
if [ -n "$v6" ]; then
    ip addr add fd01::9/64 dev v0 nodad &&
        ip addr add fd03::1/64 dev w0 nodad &&
        on $router ip addr add fd03::2/64 dev w1 nodad &&
        on $server ip route replace default via fd02::2 &&
        ip route add fd02::/64 via fd01::2 dev v0 metric 10 &&
        ip route add fd02::/64 via fd03::2 dev w0 metric 900 || exit 1
fi
wait_for_network
wait_for_network on $router
serve listen4 listen 0.0.0.0:7 --verbose
[ -z "$v6" ] || serve listen6 listen '[::]:7' --ipv6-only --verbose

# sends FILE HOST FROM HEADERS ARGUMENT...: each verb, and what arrives.
sends() {
    file=$1 host=$2 from=$3 headers=$4
    shift 4
    for verb in send ping flood; do
        case $verb in
        send) more=text ;;
        ping) more='--count 1 --timeout 0.01' ;;
        flood) more='--rate 10 --seconds 0.1' ;;
        esac
        before=$(grep -c "got: .* from $from:[0-9]* to .* by v3, $headers, time" "$file")
        "$DGRAM" $verb "$host:7" $more "$@" >out 2>err
        tries=0
        until [ "$(grep -c "got: .* from $from:[0-9]* to .* by v3, $headers, time" "$file")" -gt "$before" ]; do
            tries=$((tries + 1))
            if [ $tries -gt 100 ]; then
                echo "not from $from, $headers: $verb $*"
                cat out err "$file"
                exit 1
            fi
            sleep 0.05
        done
    done
}

sends listen4 10.2.0.1 10.1.0.1 'tos 3 not-ect, ttl 8' --dscp 3 --ttl 9
sends listen4 10.2.0.1 10.1.0.9 'tos AF41 ect0, ttl 8' --source 10.1.0.9 \
    --dscp af41 --ecn ect0 --ttl 9
sends listen4 10.2.0.1 10.1.0.9 'tos CS0 ce, ttl 63' --source 10.1.0.9 \
    --interface v0 --ecn 3
sends listen4 10.2.0.1 10.3.0.1 'tos EF not-ect, ttl 63' --device w0 --dscp EF
sends listen4 10.2.0.1 10.3.0.1 'tos CS0 not-ect, ttl 63' --source 10.3.0.1 \
    --interface w0
if [ -n "$v6" ]; then
    sends listen6 '[fd02::1]' '\[fd01::9\]' 'tos AF41 ect0, ttl 8' \
        --source fd01::9 --dscp 34 --ecn ect0 --ttl 9
    sends listen6 '[fd02::1]' '\[fd03::1\]' 'tos EF not-ect, ttl 63' \
        --source fd03::1 --interface w0 --dscp EF
    sends listen6 '[fd02::1]' '\[fd03::1\]' 'tos CS0 ce, ttl 63' \
        --device w0 --ecn ce
fi

# Longer than the MTU.
long=$(printf '%2000d' 0)
"$DGRAM" send 10.2.0.1:7 "$long" || exit 1
"$DGRAM" send 10.2.0.1:7 "$long" --df 2>err && exit 1
grep -q 'exceeds the path MTU: send less' err || { cat err; exit 1; }
exit 0
END_HOSTS
export DGRAM SOURCE
(cd "$work" && timeout 100 unshare $how sh hosts.sh) >"$work/hosts" 2>&1
status=$?
[ $status -eq 77 ] && { echo 'skipped: no interface can be made'; exit 77; }
[ $status -eq 0 ] || fail "status $status"
exit 0
