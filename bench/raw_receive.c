/* The ceiling of a receiver: recvmmsg() by hand, with UDP GRO. With BENCH_INFO
   set it asks for the local address and TOS, and reads them. */
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
    _Alignas(struct cmsghdr) char buffer[2 * CMSG_SPACE(sizeof(int)) +
                                         CMSG_SPACE(sizeof(struct in_pktinfo))];
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

static struct in_pktinfo local;
static unsigned char tos;

static unsigned datagrams_of(struct mmsghdr *header) {
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&header->msg_hdr);
    int size = 0;

    for (; cmsg != NULL; cmsg = CMSG_NXTHDR(&header->msg_hdr, cmsg)) {
        if (cmsg->cmsg_level == SOL_UDP && cmsg->cmsg_type == UDP_GRO)
            memcpy(&size, CMSG_DATA(cmsg), sizeof size);
        else if (cmsg->cmsg_level == IPPROTO_IP &&
                 cmsg->cmsg_type == IP_PKTINFO)
            memcpy(&local, CMSG_DATA(cmsg), sizeof local);
        else if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_TOS)
            memcpy(&tos, CMSG_DATA(cmsg), sizeof tos);
    }
    return size > 0 ? (header->msg_len + (unsigned)size - 1) / (unsigned)size
                    : 1;
}

int main(int argc, char **argv) {
    struct tally tally = {.seconds = argc > 1 ? atof(argv[1]) : 1};
    uint16_t port;
    int fd = bench_bound(&port), on = 1;

    setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);
    if (bench_info()) {
        setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
        setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof on);
    }
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
