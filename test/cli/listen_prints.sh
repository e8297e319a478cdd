# Payloads are escaped, and --count ends the command.
. "$SOURCE/test/lib/cli.sh"

start server listen 127.0.0.1:0 --count 6
port=$(port_of server)
"$DGRAM" send "127.0.0.1:$port" --bind 127.0.0.1:0 hello '' 'grün ☃' \
    || fail send
printf 'a\033[31mb\\\t\302\233\377\342\200\256' |
    "$DGRAM" send "127.0.0.1:$port" --whole || fail send
printf 'one\n' | "$DGRAM" send "127.0.0.1:$port" || fail send
# An isolate, a variation selector, a filler and a tag: invisible characters.
printf '<\342\201\246\357\270\217\343\205\244\363\240\201\201>' |
    "$DGRAM" send "127.0.0.1:$port" --whole || fail send
expect_end "$pid" 0
sed -i 's/from 127.0.0.1:[0-9]*$/from ADDRESS/' "$work/server"
expect_lines server <<END
server got: hello from ADDRESS
server got:  from ADDRESS
server got: grün ☃ from ADDRESS
server got: a\\x1b[31mb\\\\\\t\\xc2\\x9b\\xff\\xe2\\x80\\xae from ADDRESS
server got: one from ADDRESS
server got: <\\xe2\\x81\\xa6\\xef\\xb8\\x8f\\xe3\\x85\\xa4\\xf3\\xa0\\x81\\x81> from ADDRESS
END

start all listen 0
wait_for all 'server listening 0\.0\.0\.0:[1-9]'
kill -INT "$pid"
expect_end "$pid" 0
