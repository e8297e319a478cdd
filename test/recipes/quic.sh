# A QUIC client and server of examples/quic: echoes arrive whole, also over a bad
# network, and neither garbage nor a foreign certificate gets anywhere.
. "$SOURCE/test/lib/cli.sh"

# Neither what is not text, nor the pipe, which has no end.
print_file() {
    case ${1##*/} in file | echo[123] | open) ;; *) cat "$1" ;; esac
}

# The excerpts of the page are lines of the programs.
excerpts() {
    sed 's/^ *//' "$SOURCE"/examples/quic/*.[ch] >"$work/lines"
    awk '/^```/ { inside = $0 == "```c"; next } inside && $0 != ""' \
        "$SOURCE/docs/recipes/quic.md" | sed 's/^ *//' >"$work/excerpts"
    [ -s "$work/excerpts" ] || fail 'docs/recipes/quic.md has no excerpt'
    while IFS= read -r line; do
        grep -qxF -- "$line" "$work/lines" ||
            fail "docs/recipes/quic.md: '$line' is not in examples/quic"
    done <"$work/excerpts"
}

excerpts
[ -x "$EXAMPLES/quic_server" ] || {
    echo 'skipped: ngtcp2 and its helper for GnuTLS are not installed'
    exit 77
}

# run NAME PROGRAM ARGUMENT...: in the background, as $pid.
run() {
    name=$1
    shift
    clear_output "$name"
    "$@" >"$work/$name" 2>"$work/$name.err" <"${input:-/dev/null}" &
    pid=$!
    pids="$pids $pid"
}

# client STATUS PORT OPTION...: the output is in $work/out and $work/err.
client() {
    wanted=$1
    port=$2
    shift 2
    expect_status "$wanted" timeout 60 "$EXAMPLES/quic_client" "$@" \
        "$work/server.pem" 127.0.0.1 "$port"
}

run server "$EXAMPLES/quic_server" -s "$work/server.pem" 127.0.0.1 0
server=$pid
server_port=$(port_of server)

# Several at once. The checksums are those of the file.
head -c 2000000 /dev/urandom >"$work/file"
clients=
for n in 1 2 3; do
    input=$work/file run "echo$n" timeout 60 "$EXAMPLES/quic_client" \
        "$work/server.pem" 127.0.0.1 "$server_port"
    clients="$clients $pid"
done
for pid in $clients; do
    expect_end "$pid" 0
done
for n in 1 2 3; do
    cmp "$work/file" "$work/echo$n" || fail "the echo $n is not the file"
done
sum=$(sha256sum "$work/file" | cut -d ' ' -f 1)
[ "$(grep -c "stream 0: 2000000 bytes, SHA-256 $sum" "$work/server")" = 3 ] ||
    fail 'the server did not receive the file three times'

client 0 "$server_port" -s 4 -n 1000000
expect_in out '^echoed 4000000 bytes in '
client 0 "$server_port" -o -s 4 -n 1000000
expect_in out '^sent 4000000 bytes in '
[ "$(grep -c 'stream [0-9]*: 1000000 bytes' "$work/server")" = 8 ] ||
    fail 'the server did not receive 8 streams'

# network ARGUMENT...: as $pid, on $near_port.
network() {
    run network "$BUILD/test/quic_network" "$server_port" "$@"
    near_port=$(port_of network)
}

# seen SIDE CONDITION: of what the network has seen of the side, as n datagrams, e
# with ECN, and the longest.
seen() {
    sed -n "s/^$1: \([0-9]*\) datagrams, \([0-9]*\) with ECN, longest /\1 \2 /p" \
        "$work/network" | awk "{ n = \$1; e = \$2; longest = \$3 }
            END { exit !(n > 0 && $2) }" || fail "$1: not $2"
}

# A sender goes on with ECN if the other end has reported the marks it received. It
# tries longer packets than the first ones.
network 0 0 0 0 0
client 0 "$near_port" -n 1000000
kill "$pid"
wait "$pid"
seen client 'e > n / 2 && longest > 1200'
seen server 'e > n / 2 && longest > 1200'

# Losses, damage, repetition, a small MTU, and a client that moves to another port.
network 25 13 7 1300 100
client 0 "$near_port" -n 200000
kill "$pid"
wait "$pid"
seen client 'longest <= 1300'

# A server on all addresses answers from the one that was asked. The client hears
# only that one.
any=::
[ -s /proc/net/if_inet6 ] || any=0.0.0.0
run other "$EXAMPLES/quic_server" "$work/other.pem" $any 0
other=$pid
other_port=$(port_of other)
expect_status 0 timeout 60 "$EXAMPLES/quic_client" -n 1000 "$work/other.pem" \
    127.0.0.2 "$other_port"
[ $any = 0.0.0.0 ] || expect_status 0 timeout 60 "$EXAMPLES/quic_client" -n 1000 \
    "$work/other.pem" ::1 "$other_port"

# A server with another certificate is not the one that the client trusts.
client 1 "$other_port" -n 1000
expect_in err '^quic_client: TLS: Certificate is bad'
[ ! -s "$work/out" ] || fail 'it printed something'
wait_for other 'closed by the peer with error 0x12a$'

# Garbage gets no connection, and does not disturb the others.
connections=$(grep -c ' connected$' "$work/server")
"$BUILD/test/quic_garbage" "$server_port" >"$work/garbage" ||
    fail "$(cat "$work/garbage")"
[ "$(grep -c ' connected$' "$work/server")" = "$connections" ] ||
    fail 'garbage made a connection'
client 0 "$server_port" -n 1000

# Standard input and output that are empty, closed, full, or no file.
client 0 "$server_port"
expect_status 0 timeout 60 sh -c 'exec "$@" <&-' sh "$EXAMPLES/quic_client" \
    "$work/server.pem" 127.0.0.1 "$server_port"
(
    echo hello | timeout 60 "$EXAMPLES/quic_client" "$work/server.pem" 127.0.0.1 \
        "$server_port" >&- 2>"$work/err"
    [ $? -eq 1 ]
) || fail 'it ended well with standard output closed'
expect_in err '^quic_client: standard output: '
if [ -w /dev/full ]; then
    echo hello | timeout 60 "$EXAMPLES/quic_client" "$work/server.pem" 127.0.0.1 \
        "$server_port" >/dev/full 2>"$work/err"
    [ $? -eq 1 ] || fail 'it ended well with standard output full'
    expect_in err '^quic_client: standard output: '
fi
timeout 60 "$EXAMPLES/quic_client" "$work/server.pem" 127.0.0.1 "$server_port" \
    <"$work" 2>"$work/err"
[ $? -eq 1 ] || fail 'it ended well with a directory as standard input'
expect_in err '^quic_client: standard input: '

# Wrong arguments.
for port in abc 65536 ''; do
    client 2 "$port"
    expect_status 2 "$EXAMPLES/quic_server" "$work/none.pem" 127.0.0.1 "$port"
done
expect_status 1 "$EXAMPLES/quic_server" "$work/none/none.pem"
expect_in err 'none.pem: cannot write the file$'
expect_status 1 "$EXAMPLES/quic_client" "$work/none.pem" 127.0.0.1 "$server_port"

# A server that ends says so; one that is killed does not.
mkfifo "$work/open"
exec 3<>"$work/open" # keeps it open
echo hello >&3
input=$work/open run closed timeout 60 "$EXAMPLES/quic_client" "$work/other.pem" \
    127.0.0.1 "$other_port"
waiting=$pid
wait_for closed '^hello$'
kill -TERM "$other"
expect_end "$waiting" 1
expect_in closed.err '^quic_client: closed by the peer$'

echo hello >&3
input=$work/open run killed timeout 60 "$EXAMPLES/quic_client" -i 2 \
    "$work/server.pem" 127.0.0.1 "$server_port"
waiting=$pid
wait_for killed '^hello$'
kill -KILL "$server"
expect_end "$waiting" 1
expect_in killed.err '^quic_client: idle timeout'
client 1 "$server_port" -i 1 -n 1000
expect_in err '^quic_client: handshake timeout: connection refused$'
