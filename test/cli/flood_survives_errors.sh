# Temporary errors do not end a flood: each is named once, all are counted, and
# the result is printed. Permanent errors are a failure.
. "$SOURCE/test/lib/cli.sh"

# The port is closed all the time. It is none that another test may get.
port=9
for rate in '' '--rate 500'; do
    # shellcheck disable=SC2086 # two words or none
    expect_status 1 "$DGRAM" flood "127.0.0.1:$port" --seconds 0.3 $rate
    expect_in err "ECONNREFUSED 127.0.0.1:$port (connection refused)"
    expect_in err 'nobody listens on that port: start the receiver first'
    [ "$(wc -l <"$work/err")" = 2 ] || fail 'said more than once'
    expect_in out '^[0-9]* datagrams in .* kpps'
    expect_in out '^[0-9]* failed; errors: [0-9]* ECONNREFUSED$'
done
expect_status 1 "$DGRAM" flood "127.0.0.1:$port" --seconds 0.1 --json
expect_in out '"failed":[0-9]*,"errors":{"ECONNREFUSED":[1-9][0-9]*}}$'

# A receiver that ends first.
start first sink 127.0.0.1:0
first=$pid
start on flood "127.0.0.1:$(port_of first)" --interval 1.5
wait_for on '^ *0.000 ' # the first line, after 1.5 s
kill -INT "$first"
wait_for on 'nobody listens on that port any more (connection refused)'
kill -INT "$pid"
expect_end "$pid" 0

# In a network namespace whose only route goes and comes.
cat >"$work/host.sh" <<'END_HOST'
. "$SOURCE/test/lib/network.sh"
ip link add d0 type veth peer name d1 &&
    ip link set d0 up && ip link set d1 up && ip addr add 10.77.0.1/24 dev d0 &&
    ip neigh add 10.77.0.2 lladdr 02:00:00:00:00:02 dev d0 || exit 77
wait_for_network
out=$1
shift
"$DGRAM" flood 10.77.0.2:9 --seconds 60 "$@" >"$out" 2>"$out.err" &
flood=$!

sent() {
    ip -s link show d0 | awk '/TX:/ { getline; print $1 }'
}

# Waits until several iterations of the flood's loop have sent.
goes_on() {
    goal=$(($(sent) + TURNS)) tries=0
    while [ "$(sent)" -lt $goal ]; do
        sleep 0.05
        tries=$((tries + 1))
        [ $tries -lt 400 ] || exit 1
    done
}

goes_on
for round in 1 2; do
    ip route del 10.77.0.0/24
    tries=0
    until grep -q 'UNREACH 10.77.0.2:9' "$out.err"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || exit 1
        sleep 0.05
    done
    sleep 0.2
    [ "$KEEPS" != gone ] || break
    ip route add 10.77.0.0/24 dev d0
    goes_on
done
kill -INT $flood
wait $flood
END_HOST

need_namespaces ip
export DGRAM KEEPS TURNS
# survives STATUS ARGUMENT...
survives() {
    wanted=$1
    shift
    timeout 60 unshare $how sh "$work/host.sh" "$work/flood" "$@" \
        >"$work/host" 2>&1
    status=$?
    if [ $status -eq 77 ]; then
        echo "skipped: no interface can be made: $(tail -n 1 "$work/host")"
        exit 77
    fi
    [ $status -eq "$wanted" ] || fail "status $status, not $wanted: $*"
    expect_in flood '^[1-9][0-9]* datagrams in '
    expect_in flood '^[1-9][0-9]* failed; errors: [1-9][0-9]* E[A-Z]*UNREACH$'
    [ "$(grep -c UNREACH "$work/flood.err")" = 1 ] || fail 'said more than once'
}
for KEEPS in back gone; do
    status_then=$([ $KEEPS = gone ] && echo 1 || echo 0)
    TURNS=5000000
    survives "$status_then"
    TURNS=20000
    survives "$status_then" --rate 1000
done
