/* The ceiling of an echo server: recvmmsg() and sendmmsg() by hand. What came
   from one client, one datagram behind the other, goes back as one message by
   UDP GSO. */
#define _GNU_SOURCE
#include "bench.h"

#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#define MESSAGES 64
#define BUFFER_SIZE 2048

static unsigned char storage[MESSAGES][BUFFER_SIZE];
static struct mmsghdr received[MESSAGES], answers[MESSAGES];
static struct iovec parts[MESSAGES];
static struct sockaddr_in from[MESSAGES];
static struct {
    _Alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof(uint16_t))];
} controls[MESSAGES];

static int receive(int fd) {
    for (int i = 0; i < MESSAGES; i++) {
        parts[i] = (struct iovec){storage[i], BUFFER_SIZE};
        received[i].msg_hdr = (struct msghdr){
            .msg_name = &from[i],
            .msg_namelen = sizeof from[i],
            .msg_iov = &parts[i],
            .msg_iovlen = 1,
        };
    }
    return recvmmsg(fd, received, MESSAGES, MSG_WAITFORONE, NULL);
}

/* Returns how many datagrams from `i` on are returned as one message. */
static int segments_at(int i, int count) {
    int n = 1;

    while (i + n < count && parts[i + n].iov_len == parts[i].iov_len &&
           from[i + n].sin_port == from[i].sin_port &&
           from[i + n].sin_addr.s_addr == from[i].sin_addr.s_addr)
        n++;
    return n;
}

static void set_segment(struct msghdr *header, char *control, size_t size) {
    struct cmsghdr *cmsg = (struct cmsghdr *)control;
    uint16_t segment = (uint16_t)size;

    cmsg->cmsg_level = SOL_UDP;
    cmsg->cmsg_type = UDP_SEGMENT;
    cmsg->cmsg_len = CMSG_LEN(sizeof segment);
    memcpy(CMSG_DATA(cmsg), &segment, sizeof segment);
    header->msg_control = control;
    header->msg_controllen = CMSG_SPACE(sizeof segment);
}

static int build(int count) {
    int messages = 0;

    for (int i = 0, n; i < count; i += n) {
        struct msghdr *header = &answers[messages].msg_hdr;

        n = segments_at(i, count);
        *header = (struct msghdr){
            .msg_name = &from[i],
            .msg_namelen = sizeof from[i],
            .msg_iov = &parts[i],
            .msg_iovlen = (size_t)n,
        };
        if (n > 1)
            set_segment(header, controls[messages].space, parts[i].iov_len);
        messages++;
    }
    return messages;
}

int main(void) {
    uint16_t port;
    int fd = bench_bound(&port);

    bench_ready(port);
    for (;;) {
        int count = receive(fd), messages;

        for (int i = 0; i < count; i++)
            parts[i].iov_len = received[i].msg_len;
        messages = build(count);
        for (int i = 0; i < messages;) {
            int sent = sendmmsg(fd, answers + i, (unsigned)(messages - i), 0);

            i += sent > 0 ? sent : 1;
        }
    }
}
