# send --interactive on a terminal: an answer that comes while a line is half typed
# begins a row of its own, and the line stays whole.
. "$SOURCE/test/lib/terminal.sh"

mkdir "$work/in"
mkfifo "$work/in/keys"

# begin ARGUMENT...: starts a session on a terminal; descriptor 3 is its keyboard.
begin() {
    : >"$work/screen"
    script -qefc "stty cols 40; '$DGRAM' send --interactive $*" "$work/screen" \
        <"$work/in/keys" >/dev/null 2>&1 &
    session=$!
    pids="$pids $session"
    exec 3<>"$work/in/keys"
}

start server listen 127.0.0.1:0 --echo
server=$pid
port=$(port_of server)
begin "127.0.0.1:$port"
printf 'first\n' >&3
wait_for screen "got: first"
from=$(sed -n 's/^server got: first from //p' "$work/server")
printf 'hel' >&3
wait_for screen hel
"$DGRAM" send "$from" surprise || fail surprise
wait_for screen 'got: surprise'
printf 'lo\n' >&3
wait_for server 'got: hello from'
wait_for screen 'got: hello'
grep -q "hel \{40\}$(printf '\r')$escape\[Kgot: surprise" "$work/screen" ||
    fail 'the answer has no row of its own'

# An error begins a row of its own, too.
kill -INT "$server"
expect_end "$server" 0
printf 'lost\n' >&3
wait_for screen ECONNREFUSED
start server listen "127.0.0.1:$port" --echo 3>&-
wait_for server listening
printf 'back\n' >&3
wait_for screen 'got: back'

# Ctrl-D ends the session. After half a line, it sends the half.
printf 'half\004' >&3
printf '\004' >&3
wait "$session" || fail 'Ctrl-D'
exec 3>&-
wait_for server 'got: half from'

# So does Ctrl-C.
begin "127.0.0.1:$port"
printf 'again\n' >&3
wait_for screen 'got: again'
printf 'never\003' >&3
wait "$session" || fail 'Ctrl-C'
exec 3>&-
grep -q 'got: never' "$work/server" && fail 'sent half a line'

# Raw bytes of an answer could control the terminal.
begin "127.0.0.1:$port" --raw
wait "$session" && fail '--raw on a terminal'
exec 3>&-
wait_for screen 'could control'
