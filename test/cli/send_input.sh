# The sources of datagrams, and their errors.
. "$SOURCE/test/lib/cli.sh"

start server listen 127.0.0.1:0
port=$(port_of server)
printf 'first\n\nno end' >"$work/lines"
"$DGRAM" send "127.0.0.1:$port" --file "$work/lines" || fail file
"$DGRAM" send "127.0.0.1:$port" --file "$work/lines" --whole || fail whole
"$DGRAM" send "127.0.0.1:$port" <"$work/lines" || fail input
"$DGRAM" send "127.0.0.1:$port" </dev/null || fail 'empty input'
"$DGRAM" send "localhost:$port" -- --last || fail name
wait_for server 'last'
sed -i 's/from 127.0.0.1:[0-9]*$/from ADDRESS/' "$work/server"
expect_lines server <<'END'
server got: first from ADDRESS
server got:  from ADDRESS
server got: no end from ADDRESS
server got: first\n\nno end from ADDRESS
server got: first from ADDRESS
server got:  from ADDRESS
server got: no end from ADDRESS
server got: --last from ADDRESS
END

# Few enough for every receive buffer.
start many listen 127.0.0.1:0 --count 200
port=$(port_of many)
awk 'BEGIN { for (i = 1; i <= 200; i++) print "line " i }' >"$work/200"
"$DGRAM" send "127.0.0.1:$port" --file "$work/200" || fail 'many lines'
expect_end "$pid" 0
sed -n 's/^server got: \(.*\) from .*/\1/p' "$work/many" |
    cmp - "$work/200" || fail 'lines were lost or changed'
rm "$work/many" "$work/200"

head -c 65508 /dev/zero >"$work/big"
"$DGRAM" send "127.0.0.1:$port" --file "$work/big" --whole 2>"$work/err"
[ $? -eq 1 ] || fail 'too big, yet sent'
rm "$work/big"
expect_in err 'send EMSGSIZE'
expect_in err '65507'

expect_status 1 "$DGRAM" send 127.255.255.255:9 x
expect_in err 'EACCES'
expect_in err '--broadcast'
expect_status 1 "$DGRAM" send no-such-host.invalid:9 x
expect_in err 'no-such-host.invalid'
expect_status 1 "$DGRAM" send 127.0.0.1:9 --file "$work/none"
expect_in err 'cannot open'
expect_status 1 "$DGRAM" send 127.0.0.1:9 x --interface 127.0.0.256
start taken listen 127.0.0.1:0
expect_status 1 "$DGRAM" send 127.0.0.1:9 x --bind "127.0.0.1:$(port_of taken)"
expect_in err 'EADDRINUSE'

# A line is sent when it comes, and a signal is handled while none comes.
start slow listen 127.0.0.1:0
port=$(port_of slow)
mkfifo "$work/pipe"
start sender send "127.0.0.1:$port" --file "$work/pipe"
exec 3>"$work/pipe"
rm "$work/pipe"
printf 'first\nhalf' >&3
wait_for slow 'got: first'
printf ' and half\n' >&3
wait_for slow 'got: half and half'
kill -INT "$pid"
expect_end "$pid" 0
exec 3>&-

# A line that is too long for a datagram is refused, not truncated.
head -c 70000 /dev/zero | tr '\0' x >"$work/long"
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --file "$work/long"
rm "$work/long"
expect_in err 'send EMSGSIZE'
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --file /
expect_in err 'cannot read'
expect_status 2 "$DGRAM" send "127.0.0.1:$port" x --count 1
expect_in err '--count needs --wait'
