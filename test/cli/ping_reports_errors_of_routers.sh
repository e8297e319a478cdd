# ping prints what a router reports: no route, an MTU, the end of the TTL. The
# datagrams after it are answered. Over IPv4 and IPv6.
. "$SOURCE/test/lib/cli.sh"

need_namespaces ip
cat >"$work/hosts.sh" <<'END_HOSTS'
. "$SOURCE/test/lib/hosts.sh"

# reports ARGUMENT...: three datagrams, or another --count, get no answer. The output
# must equal standard input.
reports() {
    "$DGRAM" ping --count 3 --interval 0.2 --timeout 10 "$@" >out 2>err
    status=$?
    grep -e '^no reply' -e '"error"' -e '^errors' -e ' sent, ' out >lines
    if [ $status -ne 1 ] || ! diff - lines; then
        echo "status $status: $*"
        cat out err
        exit 1
    fi
}

on $router ip route add unreachable 10.3.0.0/16 || exit 1
on $router ip link set v2 mtu 1400 && on $server ip link set v3 mtu 1400 || exit 1
serve echo echo 10.2.0.1:7

reports 10.2.0.1:9 <<'END'
no reply: 10.2.0.1: connection refused
no reply: 10.2.0.1: connection refused
no reply: 10.2.0.1: connection refused
3 sent, 0 received, 100% loss, 0 duplicates, 0 reordered
errors: 3 ECONNREFUSED from 10.2.0.1
END
reports 10.3.0.1:9 --count 1 <<'END'
no reply: 10.1.0.2: host is unreachable
1 sent, 0 received, 100% loss, 0 duplicates, 0 reordered
errors: 1 EHOSTUNREACH from 10.1.0.2
END
reports 10.2.0.1:7 --ttl 1 <<'END'
no reply: 10.1.0.2: TTL exceeded
no reply: 10.1.0.2: TTL exceeded
no reply: 10.1.0.2: TTL exceeded
3 sent, 0 received, 100% loss, 0 duplicates, 0 reordered
errors: 3 EHOSTUNREACH from 10.1.0.2
END
grep -q 'raise --ttl' err || exit 1
# The router's error comes before the next datagram.
reports 10.2.0.1:7 --df --size 1400 --interval 0.6 <<'END'
no reply: 10.1.0.2: message too long, MTU 1400
no reply: this host: message too long, MTU 1400
no reply: this host: message too long, MTU 1400
3 sent, 0 received, 100% loss, 0 duplicates, 0 reordered
errors: 1 EMSGSIZE from 10.1.0.2, 2 EMSGSIZE from this host
END
grep -q 'exceeds the path MTU: send less' err || exit 1
ip route flush cache
"$DGRAM" ping 10.2.0.1:7 --df --size 1400 --count 2 --interval 0.6 --timeout 10 --json >json
grep -q '"code":"EMSGSIZE","reporter":"10.1.0.2","mtu":1400,"icmp_type":3,"icmp_code":4}$' json &&
    grep -q '"code":"EMSGSIZE","reporter":null,"mtu":1400}$' json || exit 1

# Without --df only the first is lost: the next ones are fragmented.
ip route flush cache
"$DGRAM" ping 10.2.0.1:7 --size 1400 --count 3 --interval 0.6 --timeout 10 >out ||
    exit 1
grep -q '^no reply: 10.1.0.2: message too long, MTU 1400$' out &&
    grep -q '^3 sent, 2 received, ' out || exit 1

# After a pause, several datagrams are sent at once. Each still has its error.
# pauses ERRORS ARGUMENT...
pauses() {
    errors=$1
    shift
    : >out
    "$DGRAM" ping "$@" --count 3 --interval 0.4 --timeout 10 >out 2>err &
    ping=$!
    await out '^no reply'
    kill -STOP $ping
    sleep 1
    kill -CONT $ping
    wait $ping
    if ! grep -qx "errors: $errors" out || grep 'no reply: seq' out; then
        echo "not 'errors: $errors': $*"
        cat out err
        exit 1
    fi
}
pauses '3 EHOSTUNREACH from 10.1.0.2' 10.2.0.1:7 --ttl 1
ip route flush cache
pauses '1 EMSGSIZE from 10.1.0.2, 2 EMSGSIZE from this host' 10.2.0.1:7 --df \
    --size 1400

[ -n "$v6" ] || exit 0
serve echo6 echo '[fd02::1]:7'
reports '[fd02::1]:9' <<'END'
no reply: fd02::1: connection refused
no reply: fd02::1: connection refused
no reply: fd02::1: connection refused
3 sent, 0 received, 100% loss, 0 duplicates, 0 reordered
errors: 3 ECONNREFUSED from fd02::1
END
reports '[fd02::1]:7' --ttl 1 <<'END'
no reply: fd01::2: TTL exceeded
no reply: fd01::2: TTL exceeded
no reply: fd01::2: TTL exceeded
3 sent, 0 received, 100% loss, 0 duplicates, 0 reordered
errors: 3 EHOSTUNREACH from fd01::2
END
reports '[fd02::1]:7' --df --size 1400 --interval 0.6 <<'END'
no reply: fd01::2: message too long, MTU 1400
no reply: this host: message too long, MTU 1400
no reply: this host: message too long, MTU 1400
3 sent, 0 received, 100% loss, 0 duplicates, 0 reordered
errors: 1 EMSGSIZE from fd01::2, 2 EMSGSIZE from this host
END
exit 0
END_HOSTS
export DGRAM SOURCE
(cd "$work" && timeout 100 unshare $how sh hosts.sh >hosts 2>&1)
status=$?
[ $status -ne 77 ] || {
    echo "skipped: no interface can be made: $(tail -n 1 "$work/hosts")"
    exit 77
}
[ $status -eq 0 ] || fail "status $status"
