# With --workers several processes serve one port, and processes that end are
# replaced.
. "$SOURCE/test/lib/cli.sh"

# count NAME PATTERN
count() {
    grep -c -- "$2" "$work/$1"
}

# wait_for_count NAME PATTERN COUNT: waits for COUNT lines that match, 10 s at most.
wait_for_count() {
    tries=0
    until [ "$(count "$1" "$2")" -ge "$3" ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "not $3 lines '$2' in $1"
        sleep 0.05
    done
}

# children PID: prints the processes that it started.
children() {
    grep -l "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status 2>/dev/null |
        sed 's|/proc/\(.*\)/status|\1|'
}

lines() {
    awk -v head="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++) print head i }'
}

start listen listen 127.0.0.1:0 --workers 3 --json
primary=$pid
port=$(port_of listen)
for round in 1 2 3 4 5; do # each is fewer than a socket's buffer holds
    lines a 100 | "$DGRAM" send "127.0.0.1:$port" || fail send
    wait_for_count listen '"event":"message","worker":[012],"time"' \
        $((round * 100))
done
[ "$(count listen '"event":"listening"')" = 1 ] || fail 'told more than once'
# shellcheck disable=SC2046 # a list of numbers
set -- $(children "$primary")
[ $# = 3 ] || fail "$# workers"

# A killed worker is replaced, and SIGHUP replaces all.
kill -KILL "$1"
wait_for listen.err "worker [012] (process $1) was ended by signal 9"
lines b 100 | "$DGRAM" send "127.0.0.1:$port" || fail send
wait_for_count listen '"text":"b' 100
kill -HUP "$primary"
wait_for listen.err 'all workers were replaced'
for old in "$@"; do
    [ ! -e "/proc/$old" ] || fail 'an old worker goes on'
done
lines c 100 | "$DGRAM" send "127.0.0.1:$port" || fail send
wait_for_count listen '"text":"c' 100
kill -TERM "$primary"
expect_end "$primary" 0
[ "$(count listen '^{"event":"message".*}$')" = 700 ] || fail 'lines mixed'
[ "$(wc -l <"$work/listen")" = 701 ] || fail 'lines too many'

# Lines of the longest datagrams do not mix either.
start long listen 127.0.0.1:0 --workers 4
primary=$pid
port=$(port_of long)
text=$(printf '%03000d' 0)
for round in 1 2 3 4 5; do
    lines "$text" 30 | tr 0 '\001' | "$DGRAM" send "127.0.0.1:$port" || fail send
    wait_for_count long 'from 127' $((round * 30))
done
kill -TERM "$primary"
expect_end "$primary" 0
[ "$(count long '^server got: .* from 127.0.0.1:[0-9]*$')" = 150 ] ||
    fail 'long lines mixed'

# A group is joined once for all workers.
start group listen 0 --join 239.66.55.43@127.0.0.1 --workers 2
primary=$pid
port=$(port_of group)
"$DGRAM" send "239.66.55.43:$port" once --interface 127.0.0.1 || fail send
wait_for group 'server got: once from'
kill -INT "$primary"
expect_end "$primary" 0
[ "$(wc -l <"$work/group")" = 1 ] || fail 'more than once'

# Each worker reports its own counts, which add up.
for shared in '' --reuse-port; do
    rm -f "$work/free" "$work/echo"
    "$DGRAM" echo 127.0.0.1:0 >"$work/free" 2>&1 &
    pids="$pids $!"
    port=$(port_of free)
    kill -INT $!
    wait $!
    # shellcheck disable=SC2086 # no word for ''
    start echo echo "127.0.0.1:$port" --workers 2 $shared
    primary=$pid
    wait_for echo 'echo listening 127.0.0.1:'
    [ -z "$shared" ] || wait_for_count echo.err 'echo listening 127.0.0.1:' 2
    for _ in 1 2 3 4 5 6 7 8; do
        "$DGRAM" ping "127.0.0.1:$port" --count 5 --interval 0.002 \
            >"$work/ping" || fail ping
    done
    kill -INT "$primary"
    expect_end "$primary" 0
    [ "$(count echo '^worker [01]: .* received')" = 2 ] || fail 'two results'
    total=$(awk '/^worker/ { sum += $5 } END { print sum }' "$work/echo")
    [ "$total" = 40 ] || fail "$total sent back"
done

# A worker that gets two signals, as a process group does, reports all
# its counts, also to a slow reader.
mkfifo "$work/slow"
exec 9<>"$work/slow"
"$DGRAM" echo 127.0.0.1:0 --workers 2 >"$work/slow" 2>"$work/slow.err" 9<&- &
primary=$!
pids="$pids $primary"
wait_for slow.err listening
head -c 65536 /dev/zero | tr '\0' ' ' >&9 &
pids="$pids $!"
sleep 0.2
# shellcheck disable=SC2046 # a list of numbers
kill -TERM $(children "$primary")
sleep 0.3
kill -TERM "$primary"
sleep 0.3
cat <&9 >"$work/results" &
pids="$pids $!"
expect_end "$primary" 0
wait_for_count results 'worker [01]: .* received' 2

# When the output is closed, all end by themselves.
for _ in 1 2; do
    mkfifo "$work/gone"
    : >"$work/gone.err"
    exec 9<>"$work/gone"
    "$DGRAM" listen 127.0.0.1:0 --workers 8 >"$work/gone" 2>"$work/gone.err" \
        9<&- &
    primary=$!
    pids="$pids $primary"
    port=$(port_of gone.err)
    rm "$work/gone"
    exec 9<&-
    lines d 200 | "$DGRAM" send "127.0.0.1:$port" || fail send
    expect_end "$primary" 1
    ! grep 'ended by signal' "$work/gone.err" || fail 'one that ended was killed'
done
