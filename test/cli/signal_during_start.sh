# A signal during the port probe of --workers is not lost: the command ends and
# starts no worker. A preloaded library sends the signal inside bind().
. "$SOURCE/test/lib/cli.sh"

# The sanitizer's library must be loaded before this one.
if [ -n "${SANITIZE:-}" ]; then
    echo 'skipped: nothing can be loaded before the sanitizer'
    exit 77
fi
cat >"$work/bind.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

int bind(int fd, const struct sockaddr *address, socklen_t size) {
    int (*next)(int, const struct sockaddr *, socklen_t);
    int result;

    *(void **)&next = dlsym(RTLD_NEXT, "bind");
    result = next(fd, address, size);
    raise(atoi(getenv("BRINGS")));
    return result;
}
END
"${CC:-cc}" -shared -fPIC -o "$work/bind.so" "$work/bind.c" -ldl ||
    fail 'no build'

for signal in TERM:15 INT:2; do
    export BRINGS="${signal#*:}"
    # Background processes of a shell ignore SIGINT.
    timeout -s KILL 10 env --default-signal=INT LD_PRELOAD="$work/bind.so" \
        "$DGRAM" echo 127.0.0.1:0 --workers 2 >"$work/out" 2>"$work/err"
    status=$?
    [ $status -eq $((128 + BRINGS)) ] || fail "SIG$signal: status $status"
    [ ! -s "$work/out" ] || fail 'it serves'
done
