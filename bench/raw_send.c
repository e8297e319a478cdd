/* The ceiling of a sender: sendmmsg() by hand, datagrams of one size, the last
   one maybe shorter, as one message by UDP GSO. All is built once, before the
   time begins: what is measured is the kernel. With BENCH_WATCHED set an epoll
   watches the socket for datagrams, as any event loop does: the kernel then
   looks at the watch each time a datagram that was sent is freed. With
   BENCH_INFO set each message carries a source address and TOS. */
#define _GNU_SOURCE
#include "bench.h"

#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MESSAGES_MAX 64
#define MESSAGE_SIZE_MAX 65487

static struct mmsghdr headers[BATCH_MAX];
static struct iovec parts[BATCH_MAX];
static struct {
    _Alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof(uint16_t)) +
                                        CMSG_SPACE(sizeof(struct in_pktinfo)) +
                                        CMSG_SPACE(sizeof(int))];
} controls[BATCH_MAX];
static size_t message_count, per_message[BATCH_MAX];
static size_t segments_max;

/* Returns how many datagrams the library sends as one message to this kernel.
 */
static size_t find_segments_max(void) {
    int major = 0, minor = 0;
    struct utsname name;

    if (uname(&name) == 0)
        sscanf(name.release, "%d.%d", &major, &minor);
    return major > 6 || (major == 6 && minor >= 9) ? 128 : 64;
}

/* Returns how many datagrams from `i` on are sent as one message. */
static size_t segments_at(const struct work *work, size_t i) {
    size_t n = 1, size = work->length[i], length = size;

    if (work->shape == SHAPE_FAN)
        return 1;
    while (i + n < work->count && n < segments_max &&
           work->length[i + n - 1] == work->length[i] &&
           work->length[i + n] <= size &&
           length + work->length[i + n] <= MESSAGE_SIZE_MAX)
        length += work->length[i + n++];
    return n;
}

static void put(struct msghdr *header, char *control, int level, int type,
                const void *value, size_t size) {
    struct cmsghdr *cmsg =
        (struct cmsghdr *)(void *)(control + header->msg_controllen);

    cmsg->cmsg_level = level;
    cmsg->cmsg_type = type;
    cmsg->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(cmsg), value, size);
    header->msg_control = control;
    header->msg_controllen += CMSG_SPACE(size);
}

static void put_segment(struct msghdr *header, char *control, size_t size) {
    uint16_t segment = (uint16_t)size;

    put(header, control, SOL_UDP, UDP_SEGMENT, &segment, sizeof segment);
}

static void put_info(struct msghdr *header, char *control) {
    struct in_pktinfo source = {.ipi_spec_dst = bench_loopback(0).sin_addr};
    int tos = INFO_TOS;

    put(header, control, IPPROTO_IP, IP_PKTINFO, &source, sizeof source);
    put(header, control, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
}

static void build(struct work *work) {
    bool info = bench_info();

    for (size_t i = 0; i < work->count;) {
        struct msghdr *header = &headers[message_count].msg_hdr;
        size_t n = segments_at(work, i), last = i + n - 1;

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
            put_segment(header, controls[message_count].space, work->length[i]);
        if (info)
            put_info(header, controls[message_count].space);
        per_message[message_count++] = n;
        i += n;
    }
}

/* Sends all messages once. Returns the number of datagrams. */
static uint64_t send_all(int fd) {
    uint64_t sent = 0;

    for (size_t i = 0; i < message_count;) {
        size_t n = message_count - i;
        int taken =
            sendmmsg(fd, headers + i,
                     (unsigned)(n < MESSAGES_MAX ? n : MESSAGES_MAX), 0);

        for (int k = 0; k < taken; k++)
            sent += per_message[i++];
    }
    return sent;
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
    segments_max = find_segments_max();
    build(work);
    while (bench_now() - start < work->seconds)
        sent += send_all(fd);
    bench_sent(sent, start, cpu);
    close(fd);
    return 0;
}
