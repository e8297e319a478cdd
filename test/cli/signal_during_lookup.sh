# SIGINT and SIGTERM end each verb at once while the resolver does not answer. A
# preloaded library prints "asked" in getaddrinfo() and does not return. For the
# host workers.invalid it does so in workers only.
. "$SOURCE/test/lib/cli.sh"

# The sanitizer's library must be loaded before this one.
if [ -n "${SANITIZE:-}" ]; then
    echo 'skipped: nothing can be loaded before the sanitizer'
    exit 77
fi
cat >"$work/resolver.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *host, const char *service,
                const struct addrinfo *hints, struct addrinfo **list_out) {
    int (*next)(const char *, const char *, const struct addrinfo *,
                struct addrinfo **);
    struct sigaction action;

    if (host != NULL && strcmp(host, "workers.invalid") == 0 &&
        getenv("DGRAM_CLUSTER_WORKER") == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
        return next("127.0.0.1", service, hints, list_out);
    }
    do { /* the command starts the lookup before it handles signals */
        usleep(1000);
        sigaction(SIGTERM, NULL, &action);
    } while (action.sa_handler == SIG_DFL);
    if (write(STDERR_FILENO, "asked\n", 6) != 6)
        return EAI_SYSTEM;
    for (;;)
        pause();
}
END
"${CC:-cc}" -shared -fPIC -o "$work/resolver.so" "$work/resolver.c" -ldl ||
    fail 'no build'

# start_lookup ARGUMENT...: starts the command and waits for its first lookup.
start_lookup() {
    clear_output "$1"
    # Background processes of a shell ignore SIGINT.
    env --default-signal=INT LD_PRELOAD="$work/resolver.so" \
        "$DGRAM" "$@" >"$work/$1" 2>"$work/$1.err" </dev/null &
    pid=$!
    pids="$pids $pid"
    wait_for "$1" asked
}

# expect_signals_end STATUS ARGUMENT...
expect_signals_end() {
    wanted=$1
    shift
    for signal in TERM INT; do
        start_lookup "$@"
        kill -s $signal "$pid"
        expect_end "$pid" "$wanted"
    done
}

# expect_quiet NAME: it has reported no error.
expect_quiet() {
    [ "$(sort -u "$work/$1.err")" = asked ] || fail "$1 reports an error"
}

expect_signals_end 0 listen host.invalid:0
expect_signals_end 0 echo host.invalid:0
expect_signals_end 0 sink host.invalid:0
expect_signals_end 0 send host.invalid:9 text
expect_quiet send
expect_signals_end 0 send 127.0.0.1:9 text --bind host.invalid:0
expect_signals_end 1 send host.invalid:9 text --wait 9 --count 1
expect_in send.err 'nothing was sent'
expect_signals_end 0 flood host.invalid:9
expect_signals_end 0 flood 127.0.0.1:9 --bind host.invalid:0 --parallel 3
expect_signals_end 1 ping host.invalid:9 # no reply came
expect_in ping '0 sent'
expect_signals_end 0 mtu host.invalid
for verb in listen echo sink flood ping mtu; do
    expect_quiet $verb
done

both_ask() {
    [ "$(grep -c asked "$work/echo.err")" -eq 2 ]
}
start_lookup echo workers.invalid:0 --workers 2
until_it both_ask || fail 'a worker does not start'
kill "$pid"
expect_end "$pid" 0
expect_quiet echo
expect_in echo 'worker 1: 0 received'
