# A datagram starts it. While it restarts, datagrams wait, and each is answered once.
. "$SOURCE/test/lib/recipe.sh"
[ -x "$BUILD/test/activate" ] || { echo 'skipped: the starter needs Linux'; exit 77; }
port_in_use activated_echo.c
echo=$work/activated_echo.c.program

# activate ARGUMENT...: runs it as systemd does, as $pid, on $port and $work/local.
activate() {
    rm -f "$work/local"
    clear_output activated
    timeout 50 "$BUILD/test/activate" "$work/local" "$echo" "$@" \
        >"$work/activated" 2>"$work/activated.err" &
    pid=$!
    pids="$pids $pid"
    wait_for activated '^port '
    port=$(sed -n 's/^port //p' "$work/activated")
}
deactivate() {
    kill "$pid"
    wait "$pid"
    [ ! -s "$work/activated.err" ] || fail "$(cat "$work/activated.err")"
}

# answered COUNT OPTION...: each of COUNT datagrams is answered once.
answered() {
    count=$1
    shift
    seq "$count" | "$DGRAM" send "127.0.0.1:$port" "$@" --wait 10 --count "$count" \
        >"$work/answers" || fail "answers are missing: $(cat "$work/answers")"
    sed -n 's/^got: \([0-9]*\) from.*/\1/p' "$work/answers" | sort -n >"$work/got"
    seq "$count" | diff - "$work/got" || fail 'answers are not there once each'
}

# It ends after each 4 datagrams, and after all those that it has read.
activate 0 4
answered 40 --interval 0.005
answered 40
[ "$(grep -c '^status 0$' "$work/activated")" -gt 1 ] || fail "it was not restarted"
deactivate

# It ends when it is idle, and the Unix socket starts it, too.
activate 0 0 1
"$DGRAM" send "unix:$work/local" --bind "unix:$work/client" x --wait 10 --count 1 \
    >"$work/answers" || fail 'no answer by the Unix socket'
wait_for activated "^local: listening $work/local 0\$"
wait_for activated "^network: listening 127.0.0.1 $port\$"
wait_for activated '^status 0$'
deactivate

# The descriptors of another process, and more than there can be.
clear_output other
LISTEN_PID=1 LISTEN_FDS=2 timeout 20 "$echo" 0 1 >"$work/other" 2>&1 &
pids="$pids $!"
"$DGRAM" send "127.0.0.1:$(port_of other)" x --wait 10 --count 1 >"$work/answers" ||
    fail 'no answer on a port of its own'
(LISTEN_PID=$(exec sh -c 'echo $PPID') LISTEN_FDS=99 exec "$echo" 0 1) \
    >"$work/out" 2>&1 && fail 'it took 99 descriptors'
grep -q 'invalid argument' "$work/out" || fail "$(cat "$work/out")"

# What systemd itself passes.
if command -v systemd-socket-activate >/dev/null; then
    start free listen 127.0.0.1:0
    port=$(port_of free)
    kill "$pid" && wait "$pid"
    clear_output systemd
    timeout 20 systemd-socket-activate --datagram "--listen=127.0.0.1:$port" \
        --fdname=one "$echo" 0 1 >"$work/systemd" 2>"$work/systemd.err" &
    pids="$pids $!"
    wait_for systemd '^Listening on'
    "$DGRAM" send "127.0.0.1:$port" x --wait 10 --count 1 >"$work/answers" ||
        fail 'no answer by systemd'
    wait_for systemd "^one: listening 127.0.0.1 $port\$"
else
    echo 'skipped a part: no systemd-socket-activate'
fi
