# send --repeat sends texts, the lines of a file, or a whole input again and again.
. "$SOURCE/test/lib/cli.sh"

mkdir "$work/in" # for files that are not shown on failure

start server listen 127.0.0.1:0
port=$(port_of server)

# expect_came TEXT...: what came since the last call.
turn=0
expect_came() {
    turn=$((turn + 1))
    "$DGRAM" send "127.0.0.1:$port" "end $turn" || fail end
    wait_for server "got: end $turn"
    sed -n 's/^server got: \(.*\) from .*/\1/p' "$work/server" |
        awk -v begin="end $((turn - 1))" '/^end/ { wanted = $0 == begin; next }
            wanted' >"$work/came"
    printf '%s\n' "$@" | expect_lines came
}
"$DGRAM" send "127.0.0.1:$port" 'end 0' || fail end

"$DGRAM" send "127.0.0.1:$port" --repeat 3 a b || fail texts
expect_came a b a b a b
printf 'a\nb' >"$work/lines"
"$DGRAM" send "127.0.0.1:$port" --repeat 2 --file "$work/lines" || fail file
expect_came a b a b
"$DGRAM" send "127.0.0.1:$port" --repeat 2 --file "$work/lines" --whole || fail whole
expect_came 'a\nb' 'a\nb'
"$DGRAM" send "127.0.0.1:$port" --repeat 2 --whole <"$work/lines" || fail input
expect_came 'a\nb' 'a\nb'
cat "$work/lines" | "$DGRAM" send "127.0.0.1:$port" --repeat 2 --whole || fail pipe
expect_came 'a\nb' 'a\nb'

# The errors of a line are reported once.
printf '61\nxy\n62\n' >"$work/lines"
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --repeat 3 --hex \
    --file "$work/lines"
[ "$(grep -c 'line 2' "$work/err")" = 1 ] || fail 'not reported once'
expect_in err '3 of 9 datagrams were not sent'
expect_came a b a b a b

# An empty file ends the repetition, and so does a signal.
expect_status 0 "$DGRAM" send "127.0.0.1:$port" --repeat 1000000000 --file /dev/null
start endless send "127.0.0.1:$port" --repeat 0 --rate 100 x
wait_for server "got: x"
kill -TERM "$pid"
expect_end "$pid" 0

# A datagram that is too long is not sent again: texts, a whole file, hex digits.
long=$(head -c 65508 /dev/zero | tr '\0' x)
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --repeat 0 --json "$long"
expect_in out '"sent":0,.*"failed":1,'
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --repeat 0 --json "$long" "$long"
expect_in out '"failed":2,'
printf '%s\nxy\n' "$(printf '%s' "$long$long" | tr x 0)" >"$work/in/lines"
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --repeat 0 --json --hex \
    --file "$work/in/lines"
expect_in out '"failed":2,'
printf '%s' "$long" >"$work/in/whole"
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --repeat 0 --json --whole \
    --file "$work/in/whole"
expect_in out '"failed":1,.*"EMSGSIZE":1'

# After other errors it goes on.
start endless send "unix:$work/in/late" --repeat 0 --rate 100 y
sender=$pid
wait_for endless ENOENT
start late listen "unix:$work/in/late" --count 1
wait_for late 'got: y'
expect_end "$pid" 0
kill -TERM "$sender"
expect_end "$sender" 1

# Input that cannot be read again.
expect_status 2 "$DGRAM" send "127.0.0.1:$port" --repeat 2
expect_in err 'cannot read standard input again'
mkfifo "$work/in/pipe"
sleep 60 >"$work/in/pipe" &
pids="$pids $!"
expect_status 2 "$DGRAM" send "127.0.0.1:$port" --repeat 2 --file "$work/in/pipe"
expect_in err 'it is not a file'
