# --tos and --ttl of send, ping and flood set the DSCP and ECN bits and the TTL of
# datagrams. With --df, a datagram that the path can carry is sent.
. "$SOURCE/test/lib/cli.sh"

# show ARGUMENT...: a verb whose first datagram is shown.
show() {
    verb=$1
    shift
    clear_output shown
    timeout 30 "$EXAMPLES/receive_info" 0 1 >"$work/shown" 2>"$work/shown.err" &
    pid=$!
    pids="$pids $pid"
    port=$(port_of shown)
    "$DGRAM" $verb "127.0.0.1:$port" --tos 185 --ttl 7 --df "$@" \
        >"$work/out" 2>"$work/err"
    expect_end "$pid" 0
    expect_in shown 'DSCP 46, ECN 1, TTL 7'
}
show send text
show ping --count 1 --timeout 0.1
show flood --seconds 0.1 --rate 100
for tos in 256 -1 x; do
    expect_status 2 "$DGRAM" send 127.0.0.1:9 text --tos $tos
done

# Values that are impossible are refused before anything is sent.
refused() {
    text=$1
    shift
    for verb in send ping flood; do
        expect_status 2 "$DGRAM" $verb 127.0.0.1:9 "$@"
        expect_in err "$text"
    done
}
refused "--dscp: '64' is neither" --dscp 64
refused "--dscp: 'AF44' is neither" --dscp AF44
refused "--ecn: 'x' is not one of" --ecn x
refused 'use either --tos, or --dscp and --ecn' --tos 0 --dscp EF
refused 'use either --tos, or --dscp and --ecn' --ecn ce --tos 1
refused "--source: '::1' is not an IPv4 address" --source ::1
refused "--source: 'host' is not an IPv4 address" --source host
expect_status 2 "$DGRAM" send 127.0.0.1:9 x --source 127.0.0.1 --bind 127.0.0.1:0
expect_in err 'leave out --source'
for verb in listen echo; do
    expect_status 2 "$DGRAM" $verb 9 --workers 2 --device lo
    expect_in err '--device with --workers needs --reuse-port'
done
[ "$(uname)" = Linux ] || exit 0
for verb in listen echo sink; do
    expect_status 1 "$DGRAM" $verb 127.0.0.1:0 --device no-such
    expect_in err "^--device: there is no such interface; there are lo"
done
for verb in send ping flood; do
    for option in '--device no-such' '--interface no-such'; do
        # shellcheck disable=SC2086 # two words
        expect_status 1 "$DGRAM" $verb 127.0.0.1:9 $option
        expect_in err "^${option% *}: there is no such interface; there are lo"
    done
    expect_status 1 "$DGRAM" $verb 127.0.0.1:9 --source 192.0.2.77
    expect_in err 'no interface of this host has this address'
done
exit 0
