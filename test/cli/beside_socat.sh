# socat prints what dgram sends, and dgram prints what socat sends: files, a group, Unix
# sockets with and without names, and sessions in both directions.
. "$SOURCE/test/lib/beside.sh"

needs socat

# hears NAME BYTES DGRAM_ARGUMENT...: socat receives what "dgram send" sends.
hears() {
    heard=$1
    bytes=$2
    shift 2
    start_tool "$heard" socat -u UDP4-RECV:0,bind=127.0.0.1 -
    await_port "$pid"
    expect_status 0 "$DGRAM" send "127.0.0.1:$port" "$@"
    await_bytes "$heard" "$bytes"
    kill "$pid"
}

# Files, up to the longest datagram. socat needs a larger buffer for that.
make_bytes file 8192
hears from_dgram 8192 --file "$work/file" --whole
expect_bytes from_dgram file
make_bytes longest 65507
start_tool long socat -b 65535 -u UDP4-RECV:0,bind=127.0.0.1 -
await_port "$pid"
expect_status 0 "$DGRAM" send "127.0.0.1:$port" --file "$work/longest" --whole
await_bytes long 65507
kill "$pid"
expect_bytes long longest

# Each datagram in a file of its own. socat sends what one read() returns.
mkdir "$work/received"
start listen listen 127.0.0.1:0 --count 2 --output-dir "$work/received"
port=$(port_of listen)
socat -u -b 65535 "OPEN:$work/longest,rdonly" "UDP4-SENDTO:127.0.0.1:$port" ||
    fail 'socat failed'
socat -u "OPEN:$work/file,rdonly" "UDP4-SENDTO:127.0.0.1:$port" || fail 'socat failed'
expect_end "$pid" 0
set -- "$work"/received/*
[ $# -eq 2 ] || fail "$# files, not 2"
cmp "$1" "$work/longest" || fail 'the first file'
cmp "$2" "$work/file" || fail 'the second file'

# Each answers a question of the other.
start echo listen 127.0.0.1:0 --reply answer
printf question | socat -t 10 - "UDP4:127.0.0.1:$(port_of echo)" >"$work/out" &
asking=$!
pids="$pids $asking"
await_bytes out 6
kill $asking
[ "$(cat "$work/out")" = answer ] || fail 'socat got no answer'
start_tool server socat UDP4-RECVFROM:0,bind=127.0.0.1,fork \
    SYSTEM:'head -c 8 >/dev/null; echo answer'
await_port "$pid"
expect_status 0 "$DGRAM" send "127.0.0.1:$port" question --wait 10 --count 1
expect_in out '^got: answer\\n from 127.0.0.1:'

# dgram ping measures round trips to an echo server of socat.
start_tool cat socat UDP4-RECVFROM:0,bind=127.0.0.1,fork PIPE
await_port "$pid"
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 2 --interval 0.01 --timeout 10
expect_in out '^2 sent, 2 received, 0% loss'

# Unix sockets: a path, and a name that is no file.
start_tool unix socat -u "UNIX-RECV:$work/socket" -
await_file "$work/socket"
expect_status 0 "$DGRAM" send "unix:$work/socket" text
await_bytes unix 4
kill "$pid"
start listen listen "unix:@$work/name" --count 1 --raw
wait_for listen listening
printf abstract | socat -u - "ABSTRACT-SENDTO:$work/name" || fail 'socat failed'
expect_end "$pid" 0
[ "$(cat "$work/listen")" = abstract ] || fail 'from socat by an abstract name'

# A group, on the loopback interface.
group=239.255.77.7
start_tool group socat -u "UDP4-RECV:0,ip-add-membership=$group:127.0.0.1,reuseaddr" -
await_port "$pid"
expect_status 0 "$DGRAM" send "$group:$port" grouped --interface 127.0.0.1
await_bytes group 7
kill "$pid"
start listen listen 0 --join "$group@127.0.0.1" --count 1 --raw
printf grouped | socat -u - \
    "UDP4-DATAGRAM:$group:$(port_of listen),ip-multicast-if=127.0.0.1" ||
    fail 'socat failed'
expect_end "$pid" 0
[ "$(cat "$work/listen")" = grouped ] || fail 'from socat to a group'

# Nobody listens: socat prints nothing, dgram reports it if it waits for an answer.
start_tool ended socat -u UDP4-RECV:0,bind=127.0.0.1 -
await_port "$pid"
kill "$pid"
wait "$pid" 2>/dev/null
echo q | socat -u - "UDP4-SENDTO:127.0.0.1:$port" || fail 'socat fails now'
expect_status 1 "$DGRAM" send "127.0.0.1:$port" q --wait 1 --count 1
expect_in err 'connection refused'
