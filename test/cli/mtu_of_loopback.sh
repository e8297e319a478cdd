# mtu takes the answer of a closed port and of an echo server, and a host with or
# without a port.
. "$SOURCE/test/lib/cli.sh"

loopback='payload up to 65507 bytes, limited by the interface of this host'
start echo echo 127.0.0.1:0
port=$(port_of echo)
for host in 127.0.0.1 "127.0.0.1:$port" "127.0.0.1:$port -4"; do
    # shellcheck disable=SC2086 # several words
    expect_status 0 "$DGRAM" mtu $host
    expect_lines out <<END_LINES
127.0.0.1: MTU 65535, $loopback
END_LINES
done
expect_status 0 "$DGRAM" mtu "127.0.0.1:$port" --json
expect_in out "^{\"event\":\"result\",\"address\":\"127.0.0.1\",\"family\":\
\"IPv4\",\"port\":$port,\"mtu\":65535,\"payload\":65507,\"probes\":1,\
\"limit\":\"interface\"}\$"

# A server that never answers.
start sink sink 127.0.0.1:0
expect_status 1 "$DGRAM" mtu "127.0.0.1:$(port_of sink)" --timeout 0.05
expect_in err '^dgram mtu: no answer, not even to packets of 576 bytes$'
expect_in err 'raise --timeout'

for host in '' 127.0.0.1:0 127.0.0.1:x '127.0.0.1 -6' '[::1'; do
    # shellcheck disable=SC2086 # several words
    expect_status 2 "$DGRAM" mtu $host
done
expect_in err "'\[::1' is not PORT, HOST:PORT or"

"$DGRAM" echo '[::1]:0' >"$work/probe" 2>&1 &
pids="$pids $!"
probe=$!
until [ -s "$work/probe" ]; do sleep 0.05; done
grep -q listening "$work/probe" || exit 0 # no IPv6 here
kill "$probe"
for host in ::1 '[::1]' '[::1]:33434'; do
    expect_status 0 "$DGRAM" mtu "$host"
    expect_in out '^::1: MTU 65536, payload up to 65488 bytes, limited by the i'
done

# An IPv4 address in IPv6 form is IPv4, whose packets are shorter.
if "$DGRAM" listen '[::1]:0' --seconds 0.01 >"$work/out" 2>&1; then
    expect_status 0 "$DGRAM" mtu '[::ffff:127.0.0.1]'
    expect_in out '^::ffff:127.0.0.1: MTU 65535, payload up to 65507 bytes'
fi
