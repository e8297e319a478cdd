# send --interactive is a session: it sends lines as they come and prints answers. It
# goes on when the server is away, and ends with its input.
. "$SOURCE/test/lib/cli.sh"

mkdir "$work/in"
mkfifo "$work/in/pipe"

# begin ARGUMENT...: starts a session whose input is descriptor 3.
begin() {
    clear_output session
    "$DGRAM" send --interactive "$@" <"$work/in/pipe" >"$work/session" \
        2>"$work/session.err" &
    session=$!
    pids="$pids $session"
    exec 3<>"$work/in/pipe"
}

# end_input STATUS: closes the input, and expects the session to end.
end_input() {
    exec 3>&-
    expect_end "$session" "$1"
}

# serve ADDRESS: starts an echo server there, and 'stop' ends it.
serve() {
    start echo echo "$1" 3>&- # or the pipe would have no end
    server=$pid
    wait_for echo listening
}

stop() {
    kill -INT "$server"
    expect_end "$server" 0
}

# lose COUNT: sends a line that nobody receives, and waits for its error object,
# which is number COUNT.
lose() {
    echo lost >&3
    tries=0
    until [ "$(grep -c '"event":"error"' "$work/session")" = "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "not $1 errors"
        sleep 0.05
    done
}

# Answers come while the input is open.
serve 127.0.0.1:0
port=$(port_of echo)
begin "127.0.0.1:$port"
echo one >&3
wait_for session "^got: one from 127.0.0.1:$port\$"
printf 'tw' >&3
printf 'o\n' >&3
wait_for session '^got: two'
end_input 0

# ICMP errors do not end the session. Each is printed once, and again after the
# next answer.
begin "127.0.0.1:$port" --json
echo one >&3
wait_for session '"text":"one"'
stop
lose 1
wait_for session 'start the receiver'
lose 2
lose 3
serve "127.0.0.1:$port"
echo two >&3
wait_for session '"text":"two"'
[ "$(grep -c 'send ECONNREFUSED' "$work/session.err")" = 1 ] || fail 'not printed once'
stop
lose 4
end_input 1
[ "$(grep -c 'send ECONNREFUSED' "$work/session.err")" = 2 ] || fail 'not printed again'
begin "127.0.0.1:$port"
echo lost >&3
wait_for session ECONNREFUSED
serve "127.0.0.1:$port"
echo back >&3
wait_for session '^got: back'
end_input 0

# With --wait the session waits for answers after its input has ended.
printf 'a\nb\n' | "$DGRAM" send "127.0.0.1:$port" --interactive --wait 60 \
    --count 2 >"$work/out" || fail 'two answers'
[ "$(grep -c '^got: [ab] ' "$work/out")" = 2 ] || fail 'not two answers'
printf 'a\n' >"$work/lines"
expect_status 1 "$DGRAM" send "127.0.0.1:$port" --interactive --wait 0.2 \
    --count 2 --file "$work/lines"
expect_in err 'waited 0.2 s for 2 answers .*: 1 came'
printf 'a' | "$DGRAM" send "127.0.0.1:$port" --interactive --raw --wait 60 \
    --count 1 >"$work/out" || fail raw
printf a | expect_lines out
printf 'a\n' | "$DGRAM" send "127.0.0.1:$port" --interactive --json --wait 60 \
    --count 1 >"$work/out" || fail json
expect_in out '^{"event":"message",.*"text":"a"'
expect_in out '^{"event":"result","sent":1,"bytes":1,"failed":0,"answers":1,"errors":{}}'

# Empty input, closed input, and a signal.
expect_status 0 "$DGRAM" send "127.0.0.1:$port" --interactive
"$DGRAM" send "127.0.0.1:$port" --interactive <&- 2>"$work/err"
[ $? -eq 1 ] || fail 'no input, yet no failure'
expect_in err 'cannot read standard input'
begin "127.0.0.1:$port"
echo one >&3
wait_for session '^got: one'
kill -INT "$session"
end_input 0
stop

# A long line is refused, and the session goes on.
serve 127.0.0.1:0
begin "127.0.0.1:$(port_of echo)"
{
    head -c 70000 /dev/zero | tr '\0' x
    printf '\nshort\n'
} >&3
wait_for session '^got: short'
expect_in session.err 'line 1: send EMSGSIZE'
end_input 1
stop

for wrong in text --whole '--repeat 2'; do
    # shellcheck disable=SC2086 # several words
    expect_status 2 "$DGRAM" send 127.0.0.1:9 --interactive $wrong
done

# To a Unix socket, without an address of its own.
cd "$work" || exit 1
serve unix:socket
begin unix:socket
echo one >&3
wait_for session '^got: one from unix:socket$'
end_input 0
begin unix:socket --json
echo one >&3
wait_for session '"text":"one"'
stop
lose 1
lose 2
serve unix:socket
echo two >&3
wait_for session '"text":"two"'
[ "$(grep -c 'send E[A-Z]* socket' session.err)" = 1 ] || fail 'not printed once'
end_input 1
expect_in session.err '2 of 4 datagrams were not sent'
stop
