# A sink on all addresses answers, and sends back, from the address that the
# flood sends to: the flood ignores other addresses.
. "$SOURCE/test/lib/cli.sh"

# serves PORT HOST...
serves() {
    port=$1
    shift
    for host in "$@"; do
        expect_status 0 "$DGRAM" flood "$host:$port" --size 50 --rate 100 \
            --seconds 0.1 --bidir --json
        expect_in out '"far":{"datagrams":10,.*"lost":0,'
        expect_in out '"back":{"datagrams":[1-9].*,"lost":0,'
    done
}

start all sink 0 --serve
serves "$(port_of all)" 127.0.0.1 127.0.0.2
grep -q . /proc/net/if_inet6 || exit 0 # no IPv6
start all6 sink -6 0 --serve
serves "$(port_of all6)" '[::1]' 127.0.0.1 127.0.0.3
