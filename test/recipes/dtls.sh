# Answers arrive, a wrong key gets none, and a client that has forgotten its session
# begins another one from the same address.
export DTLS_KEY=00112233445566778899aabbccddeeff
. "$SOURCE/test/lib/recipe.sh"

[ -x "$work/dtls_echo.c.program" ] || exit 77
recipe dtls_echo.c 0 3
server=$pid
port=$(port_of dtls_echo.c.got)

# ask STATUS TEXT
ask() {
    expect_status "$1" timeout 30 "$work/dtls_echo.c.program" ask "$port" "$2"
}

ask 0 hello
expect_in out '^answered hello$'
DTLS_KEY=ffeeddccbbaa99887766554433221100 ask 1 hello
expect_in err '^dtls_echo: '
! grep -q answered "$work/out" || fail 'a client with a wrong key is answered'
expect_status 2 env DTLS_KEY=12 "$work/dtls_echo.c.program"
expect_status 1 timeout 20 "$work/dtls_echo.c.program" --help
takes_only_ports "$work/dtls_echo.c.program" ask
expect_in usage 'error: invalid argument'
head -c 300 /dev/urandom | "$DGRAM" send --whole "127.0.0.1:$port"

# A first message without a cookie takes none of the 64 sessions.
start hello listen --count 1 --raw 127.0.0.1:0
listening=$pid
timeout 30 "$work/dtls_echo.c.program" ask "$(port_of hello)" x >"$work/out" 2>&1 &
pids="$pids $!"
wait "$listening"
hello=$(od -An -v -tx1 "$work/hello" | tr -d ' \n')
[ ${#hello} -gt 100 ] || fail 'no first message'
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
    for _ in 1 2 3 4; do
        "$DGRAM" send --hex "127.0.0.1:$port" "$hello" || fail 'cannot send'
    done
done

# This client sends nothing. When it is killed, the server does not notice.
clear_output first
"$work/dtls_echo.c.program" ask "$port" '' 0 >"$work/first" 2>"$work/first.err" &
first=$!
wait_for first '^connected$'
local_port=$(sed -n 's/^from port //p' "$work/first")
kill -KILL $first
wait $first
expect_status 0 timeout 30 "$work/dtls_echo.c.program" ask "$port" again "$local_port"
expect_in out '^answered again$'

# A client that waits ends when the server ends.
clear_output idle
timeout 30 "$work/dtls_echo.c.program" ask "$port" '' >"$work/idle" \
    2>"$work/idle.err" &
idle=$!
pids="$pids $idle"
wait_for idle '^connected$'
ask 0 last
expect_end "$idle" 1
expect_in idle.err 'the session has ended$'
wait "$server" || fail "dtls_echo.c: $(cat "$work/dtls_echo.c.err")"
[ ! -s "$work/dtls_echo.c.err" ] || fail "$(cat "$work/dtls_echo.c.err")"
[ "$(grep -c '^echoed ' "$work/dtls_echo.c.got")" = 3 ] || fail 'not three echoes'
