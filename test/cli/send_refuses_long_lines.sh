# A line that is too long for a datagram is not sent at all. The lines around it
# are sent, and the status is a failure.
. "$SOURCE/test/lib/cli.sh"

# long LENGTH: prints that many bytes x.
long() {
    head -c "$1" /dev/zero | tr '\0' x
}

# try NAME HOST LENGTH...: sends a line before, lines of these lengths, and a
# line after, from a file and from a pipe.
try() {
    name=$1
    host=$2
    shift 2
    echo before >"$work/lines"
    for length in "$@"; do
        long "$length" >>"$work/lines"
        echo >>"$work/lines"
    done
    printf 'after' >>"$work/lines" # without an end of line
    start "$name" listen "$host:0" --json
    port=$(port_of "$name")
    expect_status 1 "$DGRAM" send "$host:$port" --file "$work/lines"
    expect_in err 'line 2: send EMSGSIZE'
    [ "$(grep -c 'a datagram carries' "$work/err")" = 1 ] || fail 'advised again'
    cat "$work/lines" | "$DGRAM" send "$host:$port" 2>"$work/err"
    [ $? -eq 1 ] || fail "$name: another status"
    expect_in err 'line 2: send EMSGSIZE'
    "$DGRAM" send "$host:$port" end || fail end
    wait_for "$name" '"text":"end"'
    sed -n 's/.*"size":\([0-9]*\),.*/\1/p' "$work/$name" | tr '\n' ' ' \
        >"$work/$name.sizes"
    rm "$work/lines" "$work/$name"
}

try long 127.0.0.1 70000
echo '6 5 6 5 3 ' | tr -d '\n' | expect_lines long.sizes
try edges 127.0.0.1 65508 65535 65536 65537 131072 65507 200000
echo '6 65507 5 6 65507 5 3 ' | tr -d '\n' | expect_lines edges.sizes
if grep -q . /proc/net/if_inet6; then
    try six '[::1]' 65528 65527 70000
    echo '6 65527 5 6 65527 5 3 ' | tr -d '\n' | expect_lines six.sizes
fi

# Bytes that are no text are sent, too.
start binary listen 127.0.0.1:0 --json
port=$(port_of binary)
{
    printf 'a\0b\r\n'
    head -c 70000 /dev/zero
    printf '\n\0\377'
} >"$work/bytes"
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --file "$work/bytes"
wait_for binary '"hex":"00ff"'
expect_in binary '"hex":"610062"'
[ "$(wc -l <"$work/binary")" = 3 ] || fail 'more than two datagrams'
rm "$work/bytes"

# Arguments, and an input as a whole.
start texts listen 127.0.0.1:0
port=$(port_of texts)
expect_status 1 "$DGRAM" send "127.0.0.1:$port" one "$(long 70000)" three
expect_in err 'text 2: send EMSGSIZE'
for length in 65508 65536 70000 300000; do
    long "$length" >"$work/whole"
    expect_status 1 "$DGRAM" send "127.0.0.1:$port" --file "$work/whole" --whole
    expect_in err 'send EMSGSIZE'
    rm "$work/whole"
done
"$DGRAM" send "127.0.0.1:$port" end || fail end
wait_for texts 'got: end'
[ "$(grep -c got: "$work/texts")" = 3 ] || fail 'not three datagrams'

# A line without an end is refused once it is too long, and a signal
# ends the command.
start endless send "127.0.0.1:$port" --file /dev/zero
wait_for endless.err 'line 1: send EMSGSIZE'
kill -TERM "$pid"
expect_end "$pid" 1
