# A receive error does not end the command and does not change its counts. A
# preloaded library makes the error.
. "$SOURCE/test/lib/cli.sh"

if [ -n "${SANITIZE:-}" ]; then
    echo 'skipped: nothing can be loaded before the sanitizer'
    exit 77
fi
cat >"$work/refuse.c" <<'END_C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
#include <time.h>

/* The first calls fail. */
int recvmmsg(int fd, struct mmsghdr *list, unsigned count, int flags,
             struct timespec *timeout) {
    static int calls;
    int (*next)(int, struct mmsghdr *, unsigned, int, struct timespec *);

    if (calls++ < 4) {
        errno = ECONNREFUSED;
        return -1;
    }
    *(void **)&next = dlsym(RTLD_NEXT, "recvmmsg");
    return next(fd, list, count, flags, timeout);
}
END_C
"${CC:-cc}" -shared -fPIC -o "$work/refuse.so" "$work/refuse.c" -ldl ||
    fail 'no build'
rm "$work/refuse.c"

for verb in sink echo 'listen --json'; do
    clear_output receiver
    # shellcheck disable=SC2086 # two words
    LD_PRELOAD="$work/refuse.so" "$DGRAM" $verb 127.0.0.1:0 \
        >"$work/receiver" 2>"$work/receiver.err" &
    pid=$!
    pids="$pids $pid"
    port=$(port_of receiver)
    "$DGRAM" send "127.0.0.1:$port" a b c || fail send
    tries=0
    while grep -qi ":$(printf %x "$port") .* 0*:0*[1-9a-f][0-9a-f]* " \
        /proc/net/udp; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "$verb: reads nothing"
        sleep 0.05
    done
    kill -INT "$pid"
    expect_end "$pid" 0
    [ "$(grep -c 'nobody listens' "$work/receiver.err")" = 0 ] ||
        fail "$verb: advice for a sender"
    case $verb in
    sink) expect_in receiver '^3 datagrams in ' ;;
    echo) expect_in receiver '^3 received, 3 sent back, 3 bytes$' ;;
    *) expect_in receiver '"text":"c"' ;;
    esac
done
rm "$work/refuse.so"
