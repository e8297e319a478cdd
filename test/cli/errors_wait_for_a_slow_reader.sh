# A slow reader of standard error gets every line, also from a non-blocking
# descriptor, which stays non-blocking for its other users.
. "$SOURCE/test/lib/cli.sh"

[ -e /proc/self/fd/2 ] || {
    echo 'skipped: standard error cannot be opened anew without /proc'
    exit 77
}
cat >"$work/unblocked.c" <<'END_C'
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs a command whose standard error does not block, and says on standard
   output whether it does so afterwards. */
int main(int argc, char **argv) {
    int status;

    fcntl(2, F_SETFL, fcntl(2, F_GETFL) | O_NONBLOCK);
    if (argc < 2)
        return 2;
    if (fork() == 0)
        return execv(argv[1], argv + 1);
    wait(&status);
    puts(fcntl(2, F_GETFL) & O_NONBLOCK ? "does not block" : "blocks");
    return WEXITSTATUS(status);
}
END_C
"${CC:-cc}" -o "$work/unblocked" "$work/unblocked.c" || fail 'no build'
rm "$work/unblocked.c"

# Datagrams that are too long, with more error lines than a pipe holds.
mkfifo "$work/input" "$work/errors"
yes "$(head -c 70000 /dev/zero | tr '\0' x)" | head -n 2000 >"$work/input" &
pids="$pids $!"
"$work/unblocked" "$DGRAM" send 127.0.0.1:9 <"$work/input" >"$work/out" \
    2>"$work/errors" &
pid=$!
pids="$pids $pid"
{
    sleep 1
    cat
} <"$work/errors" >"$work/read"
expect_end "$pid" 1
rm "$work/input" "$work/errors" "$work/unblocked"
[ "$(grep -c '^dgram send: line [0-9]*: send EMSGSIZE 127.0.0.1:9 (message too long)$' "$work/read")" = 2000 ] ||
    fail 'lines are missing'
expect_in read '2000 of 2000 datagrams were not sent'
expect_in out '^does not block$'
