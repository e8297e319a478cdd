/* The ceiling of an echo server: recvmmsg() and sendmmsg() by hand. */
#define _GNU_SOURCE
#include "bench.h"

#include <sys/socket.h>

#define MESSAGES 64
#define ROOM 2048

static unsigned char rooms[MESSAGES][ROOM];
static struct mmsghdr headers[MESSAGES];
static struct iovec parts[MESSAGES];
static struct sockaddr_in from[MESSAGES];

int main(void) {
    uint16_t port;
    int fd = bench_bound(&port);

    bench_ready(port);
    for (;;) {
        int count;

        for (int i = 0; i < MESSAGES; i++) {
            parts[i] = (struct iovec){rooms[i], ROOM};
            headers[i].msg_hdr = (struct msghdr){
                .msg_name = &from[i],
                .msg_namelen = sizeof from[i],
                .msg_iov = &parts[i],
                .msg_iovlen = 1,
            };
        }
        count = recvmmsg(fd, headers, MESSAGES, MSG_WAITFORONE, NULL);
        for (int i = 0; i < count; i++)
            parts[i].iov_len = headers[i].msg_len;
        for (int i = 0; i < count;) {
            int sent = sendmmsg(fd, headers + i, (unsigned)(count - i), 0);

            i += sent > 0 ? sent : 1;
        }
    }
}
