# dgram doctor finds what is wrong with a network: an interface that is down, no IPv6,
# odd limits, lost datagrams, no /proc.
. "$SOURCE/test/lib/doctor.sh"
. "$SOURCE/test/lib/network.sh"

need_namespaces ip
[ -n "${inside:-}" ] || {
    # shellcheck disable=SC2086 # options
    inside=1 exec unshare $how -m sh "$0"
}

set_value() {
    echo "$2" >"/proc/sys/net/$1" 2>/dev/null && return
    echo "skipped: net/$1 cannot be set"
    exit 77
}

# Nothing works without the loopback interface.
expect_doctor 1 "$DGRAM" doctor
expect_in out '^fails  *ipv4  *a datagram to loopback is not sent: .*ENETUNREACH'
expect_in out '^ *-> the loopback interface may be down; as root: ip link set lo up'
expect_in out '^fails  *ipv6 '
grep -q 'disable_ipv6' "$work/out" && fail 'IPv6 is not the reason'
expect_in out '^note  *gso  *not tried: IPv4 does not work'
expect_in out '^UDP does not work: '
expect_in err '^dgram doctor: UDP does not work here'
expect_doctor 1 "$DGRAM" doctor --json
expect_in out '"event":"result","works":false,"state":"fails"'
expect_doctor 1 "$DGRAM" doctor --interface lo
expect_in out '^warning  *interface  *lo is down'
expect_in out '^ *-> as root: ip link set lo up'

ip link set lo up
expect_doctor 0 "$DGRAM" doctor
expect_in out '^ok  *ipv4 '
expect_in out '^ok  *counters  *[0-9]* datagrams received, [0-9]* sent, none'

# Limits of this namespace.
set_value unix/max_dgram_qlen 2
set_value ipv4/ip_local_port_range '50000 50100'
expect_doctor 0 "$DGRAM" doctor
expect_in out '^note  *unix  .*a queue holds 3$'
expect_in out 'net.unix.max_dgram_qlen=512'
expect_in out '^note  *ports  *50000-50100 for senders'
expect_doctor 0 "$DGRAM" doctor --json
expect_in out '"name":"unix",.*"queue":3,"max_dgram_qlen":2}'
expect_in out '"name":"ports",.*"first":50000,"last":50100,'
if [ -f /proc/sys/net/ipv6/bindv6only ]; then
    set_value ipv6/bindv6only 1
    expect_doctor 0 "$DGRAM" doctor
    expect_in out '^note  *dual-stack  *an IPv6 socket receives no IPv4'
    set_value ipv6/conf/lo/disable_ipv6 1
    expect_doctor 0 "$DGRAM" doctor
    expect_in out '^note  *ipv6  *there is no IPv6: .*EADDRNOTAVAIL'
    expect_in out 'disable_ipv6=0'
fi

# A packet filter that drops by length, ICMP errors, or all.
# filter HOOK RULE
filter() {
    nft -f - <<END 2>/dev/null
flush ruleset
table ip dgram {
    chain packets {
        type filter hook $1 priority 0
        $2
    }
}
END
}
if command -v nft >/dev/null && filter output 'udp length > 1000 drop'; then
    expect_doctor 0 "$DGRAM" doctor
    expect_in out '^warning  *gso  *a GSO message is refused: .*(EPERM)'
    expect_in out '^ *-> a packet filter may refuse long messages'
    filter input 'icmp type destination-unreachable drop'
    expect_doctor 0 "$DGRAM" doctor
    expect_in out '^note  *icmp-errors  *no ICMP error comes over loopback'
    filter input 'meta l4proto udp drop'
    expect_doctor 1 "$DGRAM" doctor
    expect_in out '^fails  *ipv4  *a datagram to loopback does not arrive'
    expect_in out '^ *-> a packet filter may drop it'
    filter output 'meta l4proto udp drop'
    expect_doctor 1 "$DGRAM" doctor
    expect_in out '^fails  *ipv4  *a datagram to loopback is not sent: .*(EPERM)'
    expect_in out '^ *-> a packet filter or a sandbox refuses it'
    nft flush ruleset
fi

# A stopped receiver loses datagrams.
are_lost() { # RcvbufErrors
    awk '/^Udp:/ { lost = $6 } END { exit lost < 100 }' /proc/net/snmp
}
start sink sink 127.0.0.1:0
sink=$pid
port=$(port_of sink)
kill -STOP "$sink"
start flood flood "127.0.0.1:$port" --size 1200
tries=0
until are_lost; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail 'nothing is lost'
    sleep 0.05
done
kill -INT "$pid"
expect_end "$pid" 0
kill -CONT "$sink"
kill -INT "$sink"
expect_end "$sink" 0
expect_doctor 0 "$DGRAM" doctor
expect_in out '^warning  *counters  *[1-9][0-9]* of [0-9]* ([0-9.]* %) found a full'
expect_in out '^ *-> a program reads too slowly'

# An interface that is down, one without a carrier, and a strict one.
if ip link add dgramd0 type veth peer name dgramd1 2>/dev/null; then
    ip link set dgramd0 mtu 1000
    expect_doctor 0 "$DGRAM" doctor --interface dgramd0
    expect_in out '^warning  *interface  *dgramd0 is down, MTU 1000 (payload 972)'
    expect_in out '^warning  *addresses  *none'
    ip link set dgramd0 up
    expect_doctor 0 "$DGRAM" doctor --interface dgramd0
    expect_in out '^warning  *interface  *dgramd0 is up without a carrier'
    ip link set dgramd1 up
    ip addr add 192.0.2.1/24 dev dgramd0
    wait_for_network
    set_value ipv4/conf/dgramd0/rp_filter 1
    expect_doctor 0 "$DGRAM" doctor --interface dgramd0
    expect_in out '^note  *interface  *dgramd0 is up, MTU 1000'
    expect_in out '^ok  *addresses  *192\.0\.2\.1'
    expect_in out '^ok  *drops  *[0-9]* packets received'
    expect_in out '^note  *return-path  .*rp_filter=1'
    expect_doctor 0 "$DGRAM" doctor --interface dgramd0 --json
    expect_in out '"interface":"dgramd0","up":true,"carrier":true,"mtu":1000,'
    expect_in out '"driver":"veth"'
fi

# More addresses than a line has room for, and an IPv4 address with a label. No address
# is cut in two.
if ip link add dgrambr type bridge 2>/dev/null && ip link set dgrambr up; then
    for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29; do
        ip addr add "198.51.100.1$i/32" dev dgrambr label dgrambr:web
        ip addr add "198.51.100.$i/32" dev dgrambr
    done
    expect_doctor 0 "$DGRAM" doctor --interface dgrambr
    line=$(sed -n 's/^ok  *addresses  *//p' "$work/out")
    expect_in out '^ok  *addresses  *198.*, 198[0-9.]* and [0-9]* more$'
    named=$(echo "$line" | grep -oE '198\.51\.100\.1?[12][0-9](,| )' | wc -l)
    [ $((named + $(echo "$line" | sed 's/.* and \(.*\) more/\1/'))) -ge 40 ] ||
        fail 'not all are counted'
    expect_doctor 0 "$DGRAM" doctor --interface dgrambr --json
    expect_in out '"name":"addresses",.*"ipv4":40,'
fi

# Without /proc it knows less, and LeakSanitizer does not work.
if [ -z "${SANITIZE:-}" ] && mount -t tmpfs none /proc 2>/dev/null; then
    expect_doctor 0 "$DGRAM" doctor
    expect_in out '^note  *counters  *the counters cannot be read: .*ENOENT'
    expect_in out '^ *-> mount /proc'
    expect_in out '^ok  *gso '
    umount /proc
fi
