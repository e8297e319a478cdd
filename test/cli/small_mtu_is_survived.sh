# A link with a smaller MTU on the way costs one datagram, and ends neither a
# flood nor the wait for answers.
. "$SOURCE/test/lib/cli.sh"

need_namespaces ip
cat >"$work/hosts.sh" <<'END_HOSTS'
. "$SOURCE/test/lib/hosts.sh"
on $router ip link set v2 mtu 1300 && on $server ip link set v3 mtu 1300 || exit 1
serve echo echo 10.2.0.1:9
text=$(head -c 1400 /dev/zero | tr '\0' x)
"$DGRAM" send 10.2.0.1:9 short --wait 60 --count 1 || exit 1 # finds the way
"$DGRAM" send 10.2.0.1:9 "$text" --wait 60 --count 1 >first 2>first.err &
first=$!
until [ -s first.err ]; do sleep 0.05; done
kill -TERM $first
wait $first
echo $? >>first.err
"$DGRAM" send 10.2.0.1:9 "$text" --wait 60 --count 1 >second 2>second.err
echo $? >>second.err
ip route flush cache
"$DGRAM" flood 10.2.0.1:9 --size 1400 --seconds 0.5 --rate 200 >flood 2>flood.err
echo $? >>flood.err
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
expect_in first.err 'EMSGSIZE 10.2.0.1:9 (message too long)'
expect_in first.err 'send it again'
expect_in first.err 'for 1 answer from 10.2.0.1:9: 0 came'
expect_in first.err '^1$'
expect_in second 'got: xxxx'
expect_in second.err '^0$'
expect_in flood 'errors: [1-9][0-9]* EMSGSIZE$'
expect_in flood.err '^0$'
