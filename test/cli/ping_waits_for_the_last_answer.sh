# A firewall of this host refuses datagrams and also answers for the peer. Ping
# still waits for the answers to later datagrams.
. "$SOURCE/test/lib/cli.sh"

PATH=$PATH:/usr/sbin:/sbin
need_namespaces nft
cat >"$work/slow.c" <<'END_C'
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

/* Sends each datagram back, 0.2 seconds later. */
int main(void) {
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(9000)};
    char bytes[2048];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    bind(fd, (struct sockaddr *)&own, sizeof own);
    for (;;) {
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        ssize_t length =
            recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);

        if (length < 0)
            continue;
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        sendto(fd, bytes, (size_t)length, 0, (struct sockaddr *)&from, size);
    }
}
END_C
"${CC:-cc}" -o "$work/slow" "$work/slow.c" || fail 'no build'
rm "$work/slow.c"
cat >"$work/host.sh" <<'END_HOST'
ip link set lo up
nft add table ip t && nft add chain ip t o '{ type filter hook output priority 0; }' &&
    nft add rule ip t o udp dport 9000 reject || exit 77
"$work/slow" &
slow=$!
"$DGRAM" ping 127.0.0.1:9000 --count 10 --interval 0.1 --timeout 60 \
    >"$work/ping" 2>"$work/ping.err" &
ping=$!
until grep -q 'operation not permitted' "$work/ping"; do sleep 0.01; done
nft flush chain ip t o
wait $ping
kill $slow
END_HOST
export DGRAM work
timeout 100 unshare $how sh "$work/host.sh" >"$work/host" 2>&1
status=$?
[ $status -ne 77 ] || {
    echo "skipped: no rule can be made: $(tail -n 1 "$work/host")"
    exit 77
}
refused=$(grep -c '^no reply: operation not permitted' "$work/ping")
expect_in ping '^no reply: 127.0.0.1: connection refused'
expect_in ping "^10 sent, $((10 - refused)) received, "
[ "$(grep -c 'a firewall of this host' "$work/ping.err")" = 1 ] ||
    fail 'not advised once'
rm "$work/slow"
