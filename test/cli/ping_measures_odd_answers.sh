# Whatever an answer contains, the round trip is measured by ping's own clock,
# and no more answers count than were asked for.
. "$SOURCE/test/lib/cli.sh"

cat >"$work/odd.c" <<'END_C'
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static void answer(int fd, const unsigned char *bytes, size_t length,
                   const struct sockaddr_in *to) {
    sendto(fd, bytes, length, 0, (const struct sockaddr *)to, sizeof *to);
}

/* Answers each question in many ways. A number stands at 8, a time at 16. */
int main(void) {
    struct sockaddr_in own = {.sin_family = AF_INET}, from;
    socklen_t size = sizeof own;
    unsigned char in[2048], out[2048];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(fd, (struct sockaddr *)&own, sizeof own);
    getsockname(fd, (struct sockaddr *)&own, &size);
    printf("odd listening 127.0.0.1:%d\n", ntohs(own.sin_port));
    fflush(stdout);
    for (;;) {
        ssize_t length;

        size = sizeof from;
        length = recvfrom(fd, in, sizeof in, 0, (struct sockaddr *)&from, &size);
        if (length < 0)
            return 1;
        memcpy(out, in, sizeof out);
        memset(out + 8, 0xff, 8); /* a number that was never sent */
        answer(fd, out, (size_t)length, &from);
        memcpy(out, in, sizeof out);
        out[4] ^= 1; /* of another ping */
        answer(fd, out, (size_t)length, &from);
        answer(fd, in, 23, &from); /* too short */
        answer(fd, in, 0, &from);
        memcpy(out, in, sizeof out);
        memset(out + 16, in[15] % 2 ? 0xff : 0, 8); /* the future, the past */
        answer(fd, out, 24, &from);
        answer(fd, in, (size_t)length, &from); /* twice */
        memset(out + 8, 0, 8); /* the first again */
        answer(fd, out, (size_t)length, &from);
    }
}
END_C
"${CC:-cc}" -o "$work/odd" "$work/odd.c" || fail 'no build'
rm "$work/odd.c"
"$work/odd" >"$work/server" &
pids="$pids $!"
port=$(port_of server)
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 4 --interval 0.05
expect_in out '^4 sent, 4 received, 0% loss, [0-9]* duplicates, '
grep -o 'time=[0-9.]*' "$work/out" | cut -c 6- | sort -n >"$work/times"
[ "$(wc -l <"$work/times")" -ge 4 ] || fail 'answers are missing'
# 20 s is longer than the ping takes, even on a busy machine.
awk '$1 < 0 || $1 > 20000 { exit 1 }' "$work/times" || fail 'a time is wrong'
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 4 --interval 0.05 --json
expect_in out '"sent":4,"received":4,"loss_percent":0.00,'
grep -o '"ms":[0-9.]*' "$work/out" | cut -c 6- >"$work/times"
awk '$1 < 0 || $1 > 20000 { exit 1 }' "$work/times" || fail 'a time is wrong'

# One after the other, more floods than a sink tracks at once.
start sink sink 127.0.0.1:0 --check
port=$(port_of sink)
for _ in $(seq 70); do
    "$DGRAM" flood "127.0.0.1:$port" --check --seconds 0.001 --rate 1000 \
        >"$work/out" || fail flood
done
kill -INT "$pid"
expect_end "$pid" 0
expect_in sink '^0 lost (0.00%), 0 reordered, 0 duplicates, .*0 without a number$'
rm "$work/odd"
