# If the input cannot be read any more, all lines that were read are sent, and their
# answers are printed. A preloaded library makes the error.
. "$SOURCE/test/lib/cli.sh"

if [ -n "${SANITIZE:-}" ]; then
    echo 'skipped: nothing can be loaded before the sanitizer'
    exit 77
fi
cat >"$work/damage.c" <<'END_C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

/* Standard input has an error behind its first 300 bytes. */
ssize_t read(int fd, void *bytes, size_t size) {
    static size_t rest = 300;
    ssize_t (*real)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
    ssize_t length;

    if (fd != STDIN_FILENO)
        return real(fd, bytes, size);
    if (rest == 0) {
        errno = EIO;
        return -1;
    }
    length = real(fd, bytes, size < rest ? size : rest);
    rest -= length > 0 ? (size_t)length : 0;
    return length;
}
END_C
"${CC:-cc}" -shared -fPIC -o "$work/damage.so" "$work/damage.c" -ldl ||
    fail 'no build'
rm "$work/damage.c"

# 100 lines of 3 bytes can be read. The queue of a Unix socket takes a few of them
# while the receiver is stopped.
seq 10 99 >"$work/lines"
seq 10 99 >>"$work/lines"
cd "$work" || exit 1
start receiver listen unix:socket --raw
receiver=$pid
wait_for receiver listening
kill -STOP "$receiver"
LD_PRELOAD="$work/damage.so" "$DGRAM" send unix:socket --eol keep --json \
    <lines >sender 2>sender.err &
pid=$!
pids="$pids $pid"
wait_for sender 'cannot read standard input: i/o error'
kill -CONT "$receiver"
expect_end "$pid" 1
expect_in sender '^{"event":"result","sent":100,"bytes":300,"failed":0,'
kill -INT "$receiver"
expect_end "$receiver" 0
head -n 100 lines | expect_lines receiver

start echo echo unix:other
wait_for echo listening
LD_PRELOAD="$work/damage.so" "$DGRAM" send unix:other --wait 60 --count 100 \
    <lines >sender 2>sender.err
[ $? -eq 1 ] || fail 'the error is forgotten'
[ "$(grep -c '^got: ' sender)" = 100 ] || fail 'not all answers'
rm damage.so
