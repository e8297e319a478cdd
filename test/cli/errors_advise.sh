# What the system refuses is told with what to do about it, with status 1.
. "$SOURCE/test/lib/cli.sh"

# advises ADVICE ARGUMENT...
advises() {
    advice=$1
    shift
    expect_status 1 "$DGRAM" "$@"
    expect_in err "$advice"
}

start taken listen 127.0.0.1:0
port=$(port_of taken)
advises 'another socket has this port' listen "127.0.0.1:$port"
advises 'no interface of this machine' listen 192.0.2.1:0
advises 'add -6' listen 0 --ipv6-only
advises 'needs --broadcast' send 127.255.255.255:9 text
advises 'one of its IPv4 addresses' send 127.0.0.1:9 text --interface lo

group=239.1.2.3@127.0.0.1
advises 'is joined already' listen 0 --join $group --join $group
advises 'is joined already' listen 0 --source 192.0.2.1 --join $group --join $group
advises 'no such interface' listen 0 --join 239.1.2.3@192.0.2.1
advises 'an IPv6 group needs -6' listen 0 --join ff02::1
advises 'a group is an address from' listen 0 --join 192.0.2.1
advises 'a group is an address from' listen 0 --join 239.1.2.3@lo
advises "of the group's family" listen 0 --source ::1 --join $group
