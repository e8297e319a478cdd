# On the same network, dgram and iperf3 report the same loss: none at a low rate, and
# exactly a quarter if a packet filter drops every fourth datagram. Both ends of a
# measurement report it.
. "$SOURCE/test/lib/beside.sh"

needs iperf3
need_namespaces ip nft

cat >"$work/measure.sh" <<'END_MEASURE'
# expect FILE PATTERN
expect() {
    grep -q -- "$2" "$1" || {
        echo "'$2' is not in $1:"
        cat "$1"
        exit 1
    }
}

. "$SOURCE/test/lib/until_it.sh"

await() {
    until_it "$@" || {
        echo "never: $*"
        exit 1
    }
}

# A TCP socket listens on 5201, as iperf3's does.
listens() {
    awk '$2 ~ /:1451$/ && $4 == "0A" { found = 1 } END { exit !found }' \
        /proc/net/tcp /proc/net/tcp6
}

# Each sends 100 datagrams of 200 bytes. Every receive buffer has room for them.
by_iperf3() {
    iperf3 -s -1 >server &
    server=$!
    await listens
    iperf3 -u -c 127.0.0.1 -b 160K -l 200 -k 100 >client || exit 1
    wait $server || exit 1
}

# expect_loss LEAST MOST: iperf3 reports that many datagrams as lost. It may end before
# it has read the last ones, and then reports fewer than 100 in all.
expect_loss() {
    sed -n 's|.* \([0-9]*\)/\([0-9]*\) (.*receiver$|\1 \2|p' client >report
    awk -v least="$1" -v most="$2" '
        $1 >= least && $1 <= most && $2 >= 50 && $2 <= 100 { found = 1 }
        END { exit !found }' report || {
        echo "iperf3 reports other losses than $1 to $2:"
        cat client
        exit 1
    }
}

# by_dgram N: both ends report how many datagrams were sent, and that every Nth was lost
# (0: none). Without --no-offload, a flood that is late would send a GSO batch, which the
# filter counts as one packet.
by_dgram() {
    : >sink.err
    "$DGRAM" sink 127.0.0.1:5202 --check --serve --floods 1 >sink 2>sink.err &
    sink=$!
    await grep -q listening sink.err
    "$DGRAM" flood 127.0.0.1:5202 --bitrate 160K --size 200 --seconds 1 --check \
        --no-offload --results >flood || exit 1
    wait $sink || exit 1
    sent=$(sed -n 's/^\([0-9]*\) datagrams in .*/\1/p' flood)
    [ "${sent:-0}" -ge 8 ] || exit 1
    lost=0
    [ "$1" -eq 0 ] || lost=$(((sent + $1 - 1) / $1))
    expect flood "^far end: $((sent - lost)) datagrams in .* $lost lost ("
    expect sink "^127.0.0.1:[0-9]*: $((sent - lost)) datagrams in .* $lost lost ("
}

ip link set lo up || exit 77
by_iperf3
expect_loss 0 0
by_dgram 0

# Drops every fourth datagram that has 200 bytes after the headers of UDP and IPv4.
nft add table inet drops && nft add chain inet drops input \
    '{ type filter hook input priority 0; }' &&
    nft add rule inet drops input udp dport 5201 meta length 228 \
        numgen inc mod 4 0 drop &&
    nft add rule inet drops input udp dport 5202 meta length 228 \
        numgen inc mod 4 0 drop || exit 77
by_iperf3
expect_loss 12 25
by_dgram 4
END_MEASURE

cd "$work" || exit 1
unshare $how sh measure.sh >log 2>&1
status=$?
[ $status -ne 77 ] || skip 'no interfaces or no packet filter'
[ $status -eq 0 ] || fail 'see log'
