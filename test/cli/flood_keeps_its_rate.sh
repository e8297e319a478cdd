# A flood with a rate sends rate * time datagrams, at least one. A rate that
# cannot be reached does not block signals.
. "$SOURCE/test/lib/cli.sh"

start sink sink 127.0.0.1:0
port=$(port_of sink)
for case in '1 0.1 1' '1 1 1' '3 1 3' '1000 0.05 50' '100 0.29 29' '12345 0.1 1234'; do
    # shellcheck disable=SC2086 # three words
    set -- $case
    expect_status 0 "$DGRAM" flood "127.0.0.1:$port" --rate "$1" --seconds "$2"
    expect_in out "^$3 datagrams in "
done

start endless flood "127.0.0.1:$port" --rate 1000000000 --seconds 100000 --json
tries=0
until [ "$(awk '{ print $14 + $15 }' "/proc/$pid/stat")" -gt 20 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail 'it does nothing'
    sleep 0.05
done
kill -INT "$pid"
wait_for endless '"event":"result"'
expect_end "$pid" 0

# Something is sent even if every iteration of its loop is late.
[ -z "${SANITIZE:-}" ] || exit 0 # before it nothing can be loaded
cat >"$work/late.c" <<'END_C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/epoll.h>
#include <time.h>

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout) {
    int (*next)(int, struct epoll_event *, int, int);

    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    *(void **)&next = dlsym(RTLD_NEXT, "epoll_wait");
    return next(fd, events, count, timeout);
}

int epoll_pwait(int fd, struct epoll_event *events, int count, int timeout,
                const sigset_t *set) {
    (void)set;
    return epoll_wait(fd, events, count, timeout);
}
END_C
"${CC:-cc}" -shared -fPIC -o "$work/late.so" "$work/late.c" -ldl ||
    fail 'no build'
rm "$work/late.c"
for rate in '' '--rate 1'; do
    # shellcheck disable=SC2086 # two words or none
    expect_status 0 env LD_PRELOAD="$work/late.so" "$DGRAM" flood \
        "127.0.0.1:$port" --seconds 0.001 $rate
    expect_in out '^[1-9][0-9]* datagrams in '
done
rm "$work/late.so"
