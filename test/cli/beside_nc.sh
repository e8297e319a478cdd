# nc prints what dgram sends, and dgram prints what nc sends: text, bytes, the longest
# datagrams, empty ones, Unix sockets, broadcast, sessions in both directions.
# docs/guides/command.md says where the two differ.
. "$SOURCE/test/lib/beside.sh"

needs nc
nc -h 2>&1 | grep -q OpenBSD || skip 'nc is not the one of OpenBSD'

# hears NAME BYTES DGRAM_ARGUMENT...: nc receives what 'dgram send' sends.
hears() {
    heard=$1
    bytes=$2
    shift 2
    start_tool "$heard" nc -u -l 127.0.0.1 0
    await_port "$pid"
    expect_status 0 "$DGRAM" send "127.0.0.1:$port" "$@"
    await_bytes "$heard" "$bytes"
    kill "$pid"
}

# Text without its end of line, with it, and with the end of line of nc -C.
printf hello >"$work/wanted"
hears text 5 hello
expect_bytes text wanted
printf 'a\r\nb\n' >"$work/input"
printf ab >"$work/wanted"
hears lines 2 --file "$work/input"
expect_bytes lines wanted
hears whole 5 --file "$work/input" --whole
expect_bytes whole input
hears kept 5 --file "$work/input" --eol keep
expect_bytes kept input
printf 'a\r\nb\r\n' >"$work/wanted"
hears crlf 6 --file "$work/input" --eol crlf
expect_bytes crlf wanted

# An empty datagram ends nc. It does not end listen.
start_tool empty nc -u -l 127.0.0.1 0
await_port "$pid"
expect_status 0 "$DGRAM" send "127.0.0.1:$port" ''
expect_end "$pid" 0
start listen listen 127.0.0.1:0 --count 2
expect_status 0 "$DGRAM" send "127.0.0.1:$(port_of listen)" '' x
expect_end "$pid" 0
expect_in listen '^server got:  from '
expect_in listen '^server got: x from '

# Bytes of all kinds. nc reads at most 16384 bytes of a datagram, dgram reads all.
make_bytes long 16384
hears from_dgram 16384 --file "$work/long" --whole
expect_bytes from_dgram long
make_bytes longest 65507
hears cut 16384 --file "$work/longest" --whole
expect_bytes cut long
start listen listen 127.0.0.1:0 --raw --count 1
expect_status 0 "$DGRAM" send "127.0.0.1:$(port_of listen)" \
    --file "$work/longest" --whole
expect_end "$pid" 0
expect_bytes listen longest

# A line and a file arrive from nc unchanged.
start listen listen 127.0.0.1:0 --raw --count 2
port=$(port_of listen)
printf 'one\n' | nc -u -q 0 127.0.0.1 "$port" || fail 'nc failed'
nc -u -q 0 127.0.0.1 "$port" <"$work/long" || fail 'nc failed'
expect_end "$pid" 0
{
    echo one
    cat "$work/long"
} >"$work/wanted"
expect_bytes listen wanted

# dgram answers a question of nc, and nc answers a question of dgram.
start echo listen 127.0.0.1:0 --reply answer
port=$(port_of echo)
printf question | nc -u -W 1 127.0.0.1 "$port" >"$work/out" || fail 'nc failed'
[ "$(cat "$work/out")" = answer ] || fail 'nc got no answer'
mkfifo "$work/keyboard"
nc -u -l 127.0.0.1 0 <"$work/keyboard" >"$work/session" &
pid=$!
pids="$pids $pid"
exec 3>"$work/keyboard"
await_port "$pid"
start ask send "127.0.0.1:$port" question --wait 10 --count 1
asking=$pid
await_bytes session 8
echo answer >&3
expect_end "$asking" 0
expect_in ask '^got: answer\\n from 127.0.0.1:'
exec 3>&-

# Nobody answers: nc -w ends with 0 after its time, dgram says that no answer came.
start_tool silent nc -u -l 127.0.0.1 0
await_port "$pid"
echo q | nc -u -w 1 127.0.0.1 "$port" || fail 'nc fails now without an answer'
expect_status 1 "$DGRAM" send "127.0.0.1:$port" q --wait 0.1 --count 1

# Unix sockets, in both directions. nc connects to the sender, which therefore needs a
# name and must still be there; dgram prints the datagrams of others, too.
start_tool unix nc -luU "$work/socket"
await_file "$work/socket"
listener=$pid
start named send "unix:$work/socket" text --bind "unix:$work/name" --wait 60
await_bytes unix 4
kill "$listener" "$pid"
rm -f "$work/socket"
start listen listen "unix:$work/socket" --count 1 --raw
wait_for listen listening
echo text | nc -uU -w 1 "$work/socket"
expect_end "$pid" 0
[ "$(cat "$work/listen")" = text ] || fail 'from nc by a Unix socket'

# Broadcast, on the loopback interface.
start listen listen 0.0.0.0:0 --count 2 --raw
port=$(port_of listen)
printf a | nc -u -b -q 0 127.255.255.255 "$port"
await_bytes listen 1
expect_status 0 "$DGRAM" send "127.255.255.255:$port" b --broadcast
expect_end "$pid" 0
[ "$(cat "$work/listen")" = ab ] || fail 'broadcast'
