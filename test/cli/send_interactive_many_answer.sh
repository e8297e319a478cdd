# In a session with a broadcast address or a multicast group, many may answer.
. "$SOURCE/test/lib/cli.sh"

mkdir "$work/in"
mkfifo "$work/in/pipe"

# ask ARGUMENT...: asks once in a session, and waits for two answers.
ask() {
    clear_output session
    "$DGRAM" send --interactive "$@" <"$work/in/pipe" >"$work/session" \
        2>"$work/session.err" &
    session=$!
    pids="$pids $session"
    exec 3<>"$work/in/pipe"
    echo question >&3
    tries=0
    until [ "$(grep -c '^got: question' "$work/session")" = 2 ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "not two answers: $*"
        sleep 0.05
    done
    exec 3>&-
    expect_end "$session" 0
}

start one listen 0 --echo --join 239.255.1.2@127.0.0.1
port=$(port_of one)
start two listen "$port" --echo --join 239.255.1.2@127.0.0.1
wait_for two listening
ask "239.255.1.2:$port" --interface 127.0.0.1
ask "127.255.255.255:$port" --broadcast
