# An error of the system is printed with advice, and the status is 1.
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
advises 'choose another port for --bind' send 127.0.0.1:9 x --bind "127.0.0.1:$port"
advises 'needs --reuse-port and the same user' listen "127.0.0.1:$port" --reuse-port
advises 'start both with --reuse-port' echo "127.0.0.1:$port"
advises 'no interface of this host' listen 192.0.2.1:0
advises 'add -6' listen 0 --ipv6-only
advises 'needs --broadcast' send 127.255.255.255:9 text
advises 'needs --broadcast' ping 127.255.255.255:9 --count 1
advises 'needs --broadcast' flood 127.255.255.255:9 --seconds 0.1
advises '/tmp: illegal operation on a directory' send 127.0.0.1:9 --file /tmp
"$DGRAM" send 127.0.0.1:9 2>"$work/err" </tmp
[ $? -eq 1 ] || fail 'a directory is no input'
expect_in err 'standard input: illegal operation on a directory'
advises '^--interface: there is no such interface' send 127.0.0.1:9 text --interface no-such
expect_in err 'setMulticastInterface ENODEV (no such device)'
advises 'one of its IPv4 addresses' send 239.1.2.3:9 text --interface ::%lo
advises 'no interface of this' send 239.1.2.3:9 text --interface 192.0.2.1
advises 'the address of --bind\|there is no route' send 192.0.2.1:9 text --bind 127.0.0.1:0

group=239.1.2.3@127.0.0.1
advises 'is joined already' listen 0 --join $group --join $group
advises 'is joined already' listen 0 --source 192.0.2.1 --join $group --join $group
advises 'no such interface' listen 0 --join 239.1.2.3@192.0.2.1
advises 'an IPv6 group needs -6' listen 0 --join ff02::1
advises 'a group is an address from' listen 0 --join 192.0.2.1
advises 'no such interface; there are lo' listen 0 --join 239.1.2.3@no-such
advises "of the group's family" listen 0 --source ::1 --join $group

# A name without an address of this family, or without any address.
for verb in send listen ping; do
    advises 'name right' $verb -6 no-such-host.invalid:9
    [ "$(grep -c 'add -6' "$work/err")" = 0 ] || fail "$verb: -6 was given"
    expect_in err 'leave out -6\|no name server answers'
    advises 'name right' $verb no-such-host.invalid:9
    expect_in err 'add -6\|no name server answers'
done

if [ "$(cat /proc/sys/net/ipv4/igmp_max_memberships)" -lt 25 ]; then
    # shellcheck disable=SC2046 # many words
    advises 'can join no more groups' listen 0 $(
        for i in $(seq 25); do echo "--join 239.1.2.$i@127.0.0.1"; done
    )
fi
if grep -q . /proc/net/if_inet6; then
    advises 'write the name of the interface' send '[ff02::1]:9' x --interface 192.0.2.1
    for verb in ping flood listen; do
        advises 'this address needs its interface' $verb '[fe80::1]:5009'
    done
fi

# A privileged port, as another user, who may not read our home directory.
user='setpriv --reuid 65534 --clear-groups'
chmod 755 "$work"
cp "$DGRAM" "$work/dgram"
if $user true 2>/dev/null && [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 80 ]; then
    for arguments in 'listen 80' 'send 127.0.0.1:9 x --bind 80'; do
        # shellcheck disable=SC2086 # several words
        $user timeout 10 "$work/dgram" $arguments 2>"$work/err"
        [ $? -eq 1 ] || fail "$arguments: another status"
        expect_in err 'a port below 1024 needs privileges: run this as root'
        ! grep broadcast "$work/err" || fail 'a port is no broadcast'
    done
fi
