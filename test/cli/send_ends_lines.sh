# send --eol: lines are sent without their end, with it, or with another. Texts
# get an end if it is asked for.
. "$SOURCE/test/lib/cli.sh"

start server listen 127.0.0.1:0
port=$(port_of server)
printf 'a\nb\r\n\nc\r' >"$work/lines"
for eol in strip keep lf crlf; do
    "$DGRAM" send "127.0.0.1:$port" --eol $eol --file "$work/lines" || fail $eol
    "$DGRAM" send "127.0.0.1:$port" --eol $eol "text $eol" || fail "$eol text"
done
"$DGRAM" send "127.0.0.1:$port" <"$work/lines" || fail 'by default'
"$DGRAM" send "127.0.0.1:$port" --whole <"$work/lines" || fail whole
wait_for server 'got: a.nb'
sed -n 's/^server got: \(.*\) from .*/\1/p' "$work/server" >"$work/came"
expect_lines came <<'END'
a
b

c\r
text strip
a\n
b\r\n
\n
c\r
text keep
a\n
b\n
\n
c\r\n
text lf\n
a\r\n
b\r\n
\r\n
c\r\r\n
text crlf\r\n
a
b

c\r
a\nb\r\n\nc\r
END

expect_status 2 "$DGRAM" send "127.0.0.1:$port" --eol lf --whole
expect_in err 'not for --whole'
expect_status 2 "$DGRAM" send "127.0.0.1:$port" --eol cr x
