# A signal ends what receives, but datagrams that had come before are still counted,
# printed and echoed.
. "$SOURCE/test/lib/cli.sh"

seq 200 >"$work/lines"

# takes VERB PATTERN COUNT: this many lines of its output match.
takes() {
    start "$1" "$1" 127.0.0.1:0
    port=$(port_of "$1")
    kill -STOP "$pid"
    "$DGRAM" send "127.0.0.1:$port" --file "$work/lines" || fail 'not sent'
    kill -INT "$pid"
    kill -CONT "$pid"
    expect_end "$pid" 0
    [ "$(grep -c "$2" "$work/$1")" -eq "$3" ] || fail "$1"
}

takes sink '^200 datagrams' 1
takes listen 'got: ' 200
takes echo '^200 received' 1

# On a slow machine, datagrams of a sender that does not pause come in each step. They do
# not delay the end for seconds.
if [ -n "${SANITIZE:-}" ]; then
    exit 0 # nothing can be loaded before the sanitizer
fi
mkdir "$work/in" # for files that are not shown on failure
cat >"$work/in/slow.c" <<'END'
#define _GNU_SOURCE
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout) {
    usleep(10000);
    return (int)syscall(SYS_epoll_pwait, fd, events, count, timeout, NULL, 8);
}

int epoll_pwait(int fd, struct epoll_event *events, int count, int timeout,
                const sigset_t *mask) {
    (void)mask;
    return epoll_wait(fd, events, count, timeout);
}
END
"${CC:-cc}" -shared -fPIC -o "$work/in/slow.so" "$work/in/slow.c" || fail 'no build'
clear_output slow
LD_PRELOAD="$work/in/slow.so" "$DGRAM" listen 127.0.0.1:0 >"$work/in/slow" \
    2>"$work/slow.err" &
slow=$!
pids="$pids $slow"
start flood flood "127.0.0.1:$(port_of slow)" --rate 1000 --size 4
wait_for in/slow 'got: '
kill -INT "$slow"
expect_end "$slow" 0
taken=$(grep -c 'got: ' "$work/in/slow")
[ "$taken" -lt 8192 ] || fail "$taken datagrams taken"
