# --no-offload sends one datagram a message and asks for no coalescing;
# --segments limits a message. A preloaded library records the calls.
. "$SOURCE/test/lib/cli.sh"

if [ -n "${SANITIZE:-}" ]; then
    echo 'skipped: nothing can be loaded before the sanitizer'
    exit 77
fi
cat >"$work/note.c" <<'END_C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SEGMENT 103 /* UDP_SEGMENT */
#define GRO 104     /* UDP_GRO */

static size_t most = 1; /* datagrams in a message */
static int joins;       /* what the kernel was asked to receive */

static size_t bytes_of(const struct msghdr *message) {
    size_t bytes = 0;

    for (size_t i = 0; i < message->msg_iovlen; i++)
        bytes += message->msg_iov[i].iov_len;
    return bytes;
}

int sendmmsg(int fd, struct mmsghdr *list, unsigned count, int flags) {
    int (*next)(int, struct mmsghdr *, unsigned, int);

    *(void **)&next = dlsym(RTLD_NEXT, "sendmmsg");
    for (unsigned i = 0; i < count; i++) {
        struct msghdr *message = &list[i].msg_hdr;
        struct cmsghdr *cmsg = CMSG_FIRSTHDR(message);
        uint16_t size;

        for (; cmsg != NULL; cmsg = CMSG_NXTHDR(message, cmsg)) {
            if (cmsg->cmsg_level != IPPROTO_UDP || cmsg->cmsg_type != SEGMENT)
                continue;
            memcpy(&size, CMSG_DATA(cmsg), sizeof size);
            if ((bytes_of(message) + size - 1) / size > most)
                most = (bytes_of(message) + size - 1) / size;
        }
    }
    return next(fd, list, count, flags);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size) {
    int (*next)(int, int, int, const void *, socklen_t);

    *(void **)&next = dlsym(RTLD_NEXT, "setsockopt");
    if (level == IPPROTO_UDP && name == GRO)
        joins = *(const int *)value;
    return next(fd, level, name, value, size);
}

__attribute__((destructor)) static void note(void) {
    FILE *file = fopen(getenv("NOTE"), "w");

    fprintf(file, "%zu %d\n", most, joins);
    fclose(file);
}
END_C
"${CC:-cc}" -shared -fPIC -o "$work/note.so" "$work/note.c" -ldl ||
    fail 'no build'
rm "$work/note.c"
export NOTE="$work/note"
unset DGRAM_OFFLOAD

# notes PATTERN COMMAND...: the command's "DATAGRAMS JOINS" match the pattern.
notes() {
    pattern=$1
    shift
    timeout 30 env LD_PRELOAD="$work/note.so" "$DGRAM" "$@" >"$work/out" \
        2>"$work/err" || fail "status $?: $*"
    [ "$pattern" = any ] || expect_in note "$pattern"
}

# floods PATTERN OPTION...: the same for a flood. A flood begins with single datagrams,
# because the peer may report errors. It gets more time until the pattern matches.
floods() {
    form=$1
    shift
    for seconds in 0.2 1 5; do
        notes any flood "127.0.0.1:$port" --seconds $seconds "$@"
        ! grep -q "$form" "$work/note" || return 0
    done
    return 1
}

start sink sink 127.0.0.1:0 --no-offload
port=$(port_of sink)
seq 100 399 >"$work/lines" # more than one message
floods '^[1-9][0-9][0-9]* 1$' || {
    echo 'skipped: no GSO here'
    exit 77
}
floods '^7 1$' --segments 7 || fail 'a flood with --segments 7'
floods '^1 1$' --segments 1 || fail 'a flood with --segments 1'
floods '^1 0$' --no-offload || fail 'a flood with --no-offload'
set -- send "127.0.0.1:$port" --file "$work/lines"
notes '^[1-9][0-9][0-9]* 1$' "$@"
notes '^7 1$' "$@" --segments 7
notes '^1 1$' "$@" --segments 1
notes '^1 0$' "$@" --no-offload

# Commands that receive end by a signal, or by themselves.
for verb in 'sink 127.0.0.1:0 --seconds 0.05' 'listen 127.0.0.1:0 --count 1' \
    'echo 127.0.0.1:0'; do
    for option in '' --no-offload; do
        clear_output receiver
        rm -f "$work/note"
        # shellcheck disable=SC2086 # several words
        LD_PRELOAD="$work/note.so" "$DGRAM" $verb $option >"$work/receiver" \
            2>"$work/receiver.err" &
        receiver=$!
        pids="$pids $receiver"
        "$DGRAM" send "127.0.0.1:$(port_of receiver)" x || fail send
        case $verb in echo*) kill -INT "$receiver" ;; esac
        expect_end "$receiver" 0
        expect_in note "1 $([ -z "$option" ] && echo 1 || echo 0)\$"
    done
done
start echo echo 127.0.0.1:0
notes '^1 0$' ping "127.0.0.1:$(port_of echo)" --count 1 --no-offload
