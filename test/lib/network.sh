# What the tests that make network interfaces share. A script that runs in the network
# namespace reads this with '.'.
# shellcheck shell=sh
. "$SOURCE/test/lib/until_it.sh"

# Whether wait_for_network() has nothing to wait for. An interface with LOWER_UP and
# 'state DOWN' has a carrier that the kernel has not noticed yet. A recent kernel does
# when it is asked about the interface. In /proc/net/if_inet6 the last digit of the flags
# has the bit 2 for 'nodad'. In /proc/net/ipv6_route 80 is the length of the prefix of a
# single address.
network_is_up() {
    links=$("$@" ip -o link) || return
    down=$(printf '%s\n' "$links" |
        grep -E '[<,]LOWER_UP[,>].* state (DOWN|LOWERLAYERDOWN) ' |
        sed 's/^[0-9]*: \([^@:]*\).*/\1/')
    for device in $down; do
        "$@" ip link show dev "$device" >/dev/null
    done
    [ -z "$down" ] || return
    [ -e /proc/net/if_inet6 ] || return 0
    "$@" awk 'NF == 10 && $2 == "80" { has_route[$1, $10] = 1 }
        NF == 6 && $5 ~ /[2367abef]$/ && !(($1, $6) in has_route) { missing = 1 }
        END { exit missing }' /proc/net/ipv6_route /proc/net/if_inet6
}

# wait_for_network [COMMAND...]: waits, 10 s at most, until datagrams pass the interfaces
# of this namespace, or of the one that the command enters. The kernel notices a carrier
# some time after 'ip link set up', and adds the route to a 'nodad' address some time
# after 'ip addr add'. Until then it drops datagrams, and reports no error.
wait_for_network() {
    until_it network_is_up "$@" || {
        echo "the network does not come up: $links"
        exit 1
    }
}
