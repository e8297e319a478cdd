# Two hosts with two links, and the same addresses on both: the scope decides.
. "$SOURCE/test/lib/recipe.sh"

expect_status 2 timeout 20 "$work/link_local.c.program" 65536
port_in_use link_local.c

# An escape sequence in an answer reaches no terminal.
if command -v node >/dev/null; then
    node -e "const s = require('dgram').createSocket('udp4');
        s.on('message', (msg, { port }) => s.send('\\x1b[2J\\nforged', port));
        s.bind(0, '127.0.0.1', () => console.log('port ' + s.address().port));" \
        >"$work/hostile" 2>"$work/hostile.err" &
    hostile=$!
    pids="$pids $hostile"
    wait_for hostile '^port '
    recipe link_local.c ask ::ffff:127.0.0.1 "$(sed 's/port //' "$work/hostile")" 1
    ended link_local.c
    got link_local.c '^::ffff:127.0.0.1: ?\[2J?forged$'
    kill "$hostile"
fi

cat >"$work/two_links.sh" <<'HOST'
. "$SOURCE/test/lib/network.sh"
server=./link_local.c.program
unshare -n sh -c 'echo >ready; exec sleep 100' &
other=$!
trap 'kill $other $pid; wait' EXIT
until [ -e ready ]; do sleep 0.05; done
on() { nsenter -t $other -n "$@"; }
for link in 0 1; do
    ip link add d$link type veth peer name e$link && ip link set e$link netns $other ||
        exit 77
    ip link set d$link addrgenmode none && on ip link set e$link addrgenmode none
    ip link set d$link up && on ip link set e$link up
    ip addr add fe80::a/64 dev d$link nodad 2>err || exit 77
    on ip addr add fe80::b/64 dev e$link nodad
done
wait_for_network
wait_for_network on
: >got
timeout 50 $server 7006 >got 2>&1 &
pid=$!
until grep -q ^listening got; do sleep 0.05; done

# ask HOST ANSWER
ask() {
    on timeout 20 $server ask "$1" 7006 1 >asked 2>&1 || { cat asked got; exit 1; }
    grep -qxF -- "$2" asked || { cat asked got; exit 1; }
}
ask fe80::a%e0 'fe80::a%e0: you are fe80::b%d0'
ask fe80::a%e1 'fe80::a%e1: you are fe80::b%d1'
ask ff12::4242%e1 'fe80::a%e1: you are fe80::b%d1'
grep -qx 'fe80::b%d0 to fe80::a%d0 by d0' got || { cat got; exit 1; }
grep -qx 'fe80::b%d1 to ff12::4242%d1 by d1' got || { cat got; exit 1; }
on $server ask fe80::a 7006 1 2>asked && exit 1
grep -q 'no scope' asked || { cat asked; exit 1; }
on $server ask ff12::1 7006 1 2>>asked && exit 1
on $server ask fe80::a%none 7006 1 2>>asked && exit 1
grep -q 'no such device' asked || { cat asked; exit 1; }
HOST
in_namespace two_links
