# A slow reader of standard output gets every line, with a blocking or a
# non-blocking descriptor, and signals still end the command.
. "$SOURCE/test/lib/cli.sh"

[ -r /proc/net/udp ] || {
    echo 'skipped: no /proc/net/udp, to see what has been read'
    exit 77
}

cat >"$work/unblocked.c" <<'END_C'
#include <fcntl.h>
#include <unistd.h>

/* Runs a command whose standard output does not block. */
int main(int argc, char **argv) {
    fcntl(1, F_SETFL, fcntl(1, F_GETFL) | O_NONBLOCK);
    return argc > 1 ? execv(argv[1], argv + 1) : 2;
}
END_C
"${CC:-cc}" -o "$work/unblocked" "$work/unblocked.c" || fail 'no build'
rm "$work/unblocked.c"

# stuck NAME COUNT [PROGRAM]: starts a listener, run by PROGRAM, whose output is
# a full pipe, and sends it COUNT datagrams. It has read
# at least one. Descriptor 8 is the reading end, $pid the listener.
stuck() {
    mkfifo "$work/$1.pipe"
    exec 9<>"$work/$1.pipe"
    exec 8<"$work/$1.pipe"
    : >"$work/$1.err"
    # shellcheck disable=SC2086 # no word for no program
    $3 "$DGRAM" listen 127.0.0.1:0 >"$work/$1.pipe" 2>"$work/$1.err" \
        8<&- 9<&- &
    pid=$!
    pids="$pids $pid"
    port=$(port_of "$1")
    rm "$work/$1.pipe"
    head -c 65536 /dev/zero | tr '\0' ' ' >&9 8<&-
    exec 9<&-
    "$DGRAM" send "127.0.0.1:$port" 'line 1' || fail send
    while grep -qi ":$(printf %x "$port") .* 0*:0*[1-9a-f][0-9a-f]* " \
        /proc/net/udp; do
        sleep 0.05
    done
    awk -v count="$2" 'BEGIN { for (i = 2; i <= count; i++) print "line " i }' |
        "$DGRAM" send "127.0.0.1:$port" || fail send
}

# catch_up NAME: reads the listener's output to its end.
catch_up() {
    cat <&8 >"$work/$1.lines" &
    reader=$!
    pids="$pids $reader"
    exec 8<&-
}

for how in "$work/unblocked" ''; do
    stuck slow 50 "$how"
    catch_up slow
    wait_for slow.lines 'got: line 50 from'
    kill -TERM "$pid"
    expect_end "$pid" 0
    [ "$(grep -c 'server got: line [0-9]* from 127.0.0.1:[0-9]*$' "$work/slow.lines")" = 50 ] ||
        fail "$how: lines are missing"
    wait "$reader"

    # First a signal comes, then the reader reads.
    stuck signalled 1 "$how"
    kill -TERM "$pid"
    catch_up signalled
    expect_end "$pid" 0
    wait "$reader"
    expect_in signalled.lines 'got: line 1 from 127.0.0.1:[0-9]*$'

    # A signal comes, and nobody reads.
    stuck unread 1 "$how"
    kill -TERM "$pid"
    expect_end "$pid" 1
    expect_in unread.err 'the reader does not read'
    exec 8<&-

    # The reader closes the pipe.
    stuck left 1 "$how"
    exec 8<&-
    expect_end "$pid" 1
    [ "$(wc -l <"$work/left.err")" = 1 ] || fail "$how: it complained"
done
rm "$work/unblocked"

# Workers are killed after their time limit, which is a failure.
mkfifo "$work/shared.pipe"
exec 9<>"$work/shared.pipe"
exec 8<"$work/shared.pipe"
"$DGRAM" listen 127.0.0.1:0 --workers 2 >"$work/shared.pipe" \
    2>"$work/shared.err" 8<&- 9<&- &
pid=$!
pids="$pids $pid"
port=$(port_of shared)
rm "$work/shared.pipe"
head -c 65536 /dev/zero | tr '\0' ' ' >&9 8<&-
exec 9<&-
"$DGRAM" send "127.0.0.1:$port" 'line 1' || fail send
sleep 0.2
kill -TERM "$pid"
expect_end "$pid" 1
expect_in shared.err 'was ended by signal 9'
