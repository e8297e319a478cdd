# If answers cannot be sent, each error code is printed once, with its meaning.
# A preloaded library makes the errors.
. "$SOURCE/test/lib/cli.sh"

if [ -n "${SANITIZE:-}" ]; then
    echo 'skipped: nothing can be loaded before the sanitizer'
    exit 77
fi
cat >"$work/forbid.c" <<'END_C'
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

int sendmmsg(int fd, struct mmsghdr *list, unsigned count, int flags) {
    (void)fd, (void)list, (void)count, (void)flags;
    errno = EPERM;
    return -1;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    (void)message;
    return sendmmsg(fd, NULL, 0, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t size, int flags,
               const struct sockaddr *to, socklen_t to_size) {
    (void)bytes, (void)size, (void)to, (void)to_size;
    return sendmmsg(fd, NULL, 0, flags);
}
END_C
"${CC:-cc}" -shared -fPIC -o "$work/forbid.so" "$work/forbid.c" ||
    fail 'no build'
rm "$work/forbid.c"
clear_output listen
LD_PRELOAD="$work/forbid.so" "$DGRAM" listen 127.0.0.1:0 --echo \
    >"$work/listen" 2>"$work/listen.err" &
pid=$!
pids="$pids $pid"
port=$(port_of listen)
for i in $(seq 20); do
    "$DGRAM" send "127.0.0.1:$port" "$i" || fail send
done
wait_for listen 'got: 20 from'
kill -INT "$pid"
expect_end "$pid" 0
expect_in listen.err 'send EPERM 127.0.0.1:[0-9]* (operation not permitted)$'
[ "$(grep -vc listening "$work/listen.err")" = 1 ] || fail 'said more than once'
rm "$work/forbid.so"
