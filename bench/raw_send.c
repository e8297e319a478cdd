/* The ceiling of a sender: sendmmsg() by hand, datagrams of one size, the last
   one maybe shorter, as one message by UDP GSO. All is built once, before the
   time begins: what is measured is the kernel. With BENCH_WATCHED set an epoll
   watches the socket for datagrams, as any event loop does: the kernel then
   looks at the watch each time a datagram that was sent is freed. */
#define _GNU_SOURCE
#include "bench.h"

#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGES_MAX 64
#define SEGMENTS_MAX 64
#define RUN_MAX 65487

static struct mmsghdr headers[BATCH_MAX];
static struct iovec parts[BATCH_MAX];
static struct {
    _Alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof(uint16_t))];
} controls[BATCH_MAX];
static size_t message_count, per_message[BATCH_MAX];

/* How many datagrams from `i` on go as one message. */
static size_t run_at(const struct work *work, size_t i) {
    size_t n = 1, size = work->length[i], length = size;

    if (work->shape == SHAPE_FAN)
        return 1;
    while (i + n < work->count && n < SEGMENTS_MAX &&
           work->length[i + n - 1] == work->length[i] &&
           work->length[i + n] <= size &&
           length + work->length[i + n] <= RUN_MAX)
        length += work->length[i + n++];
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

static void build(struct work *work) {
    for (size_t i = 0; i < work->count;) {
        struct msghdr *header = &headers[message_count].msg_hdr;
        size_t n = run_at(work, i), last = i + n - 1;

        parts[message_count].iov_base = work->payload + work->offset[i];
        parts[message_count].iov_len =
            work->offset[last] + work->length[last] - work->offset[i];
        header->msg_iov = &parts[message_count];
        header->msg_iovlen = 1;
        if (work->shape == SHAPE_FAN) {
            header->msg_name = &work->to[i];
            header->msg_namelen = sizeof work->to[i];
        }
        if (n > 1)
            set_segment(header, controls[message_count].space, work->length[i]);
        per_message[message_count++] = n;
        i += n;
    }
}

int main(int argc, char **argv) {
    struct work *work = bench_work(argc, argv);
    int fd = work->shape == SHAPE_FAN ? socket(AF_INET, SOCK_DGRAM, 0)
                                      : bench_connected(work->port);
    double start = bench_now(), cpu = bench_cpu();
    uint64_t sent = 0;

    if (getenv("BENCH_WATCHED") != NULL) {
        struct epoll_event event = {.events = EPOLLIN};
        epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, fd, &event);
    }
    build(work);
    while (bench_now() - start < work->seconds) {
        for (size_t i = 0; i < message_count;) {
            size_t n = message_count - i;
            int taken =
                sendmmsg(fd, headers + i,
                         (unsigned)(n < MESSAGES_MAX ? n : MESSAGES_MAX), 0);

            for (int k = 0; k < taken; k++)
                sent += per_message[i++];
        }
    }
    bench_sent(sent, start, cpu);
    close(fd);
    return 0;
}
