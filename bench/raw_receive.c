/* The ceiling of a receiver: recvmmsg() by hand, with UDP GRO. */
#define _GNU_SOURCE
#include "bench.h"

#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MESSAGES 32
#define BUFFER_SIZE 65536

static unsigned char storage[MESSAGES][BUFFER_SIZE];
static struct mmsghdr headers[MESSAGES];
static struct iovec parts[MESSAGES];
static struct sockaddr_in from[MESSAGES];
static struct {
    _Alignas(struct cmsghdr) char buffer[CMSG_SPACE(sizeof(int))];
} controls[MESSAGES];

static void reset(int i) {
    parts[i] = (struct iovec){storage[i], BUFFER_SIZE};
    headers[i].msg_hdr = (struct msghdr){
        .msg_name = &from[i],
        .msg_namelen = sizeof from[i],
        .msg_iov = &parts[i],
        .msg_iovlen = 1,
        .msg_control = &controls[i],
        .msg_controllen = sizeof controls[i],
    };
}

static unsigned datagrams_of(struct mmsghdr *header) {
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&header->msg_hdr);
    int size = 0;

    for (; cmsg != NULL; cmsg = CMSG_NXTHDR(&header->msg_hdr, cmsg)) {
        if (cmsg->cmsg_level == SOL_UDP && cmsg->cmsg_type == UDP_GRO)
            memcpy(&size, CMSG_DATA(cmsg), sizeof size);
    }
    return size > 0 ? (header->msg_len + (unsigned)size - 1) / (unsigned)size
                    : 1;
}

int main(int argc, char **argv) {
    struct tally tally = {.seconds = argc > 1 ? atof(argv[1]) : 1};
    uint16_t port;
    int fd = bench_bound(&port), on = 1;

    setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);
    bench_ready(port);
    for (;;) {
        uint64_t datagrams = 0, bytes = 0;
        int count;

        for (int i = 0; i < MESSAGES; i++)
            reset(i);
        count = recvmmsg(fd, headers, MESSAGES, MSG_WAITFORONE, NULL);
        for (int i = 0; i < count; i++) {
            datagrams += datagrams_of(&headers[i]);
            bytes += headers[i].msg_len;
        }
        bench_count(&tally, datagrams, bytes);
    }
}
