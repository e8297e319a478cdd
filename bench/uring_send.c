/* An experiment: a sender on io_uring, batches of sendmsg() with UDP GSO
   submitted by one system call. */
#define _GNU_SOURCE
#include "bench.h"

#include <liburing.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 64
#define SEGMENTS_MAX 64
#define MESSAGE_SIZE_MAX 65487

static struct io_uring ring;
static struct msghdr headers[ENTRIES];
static struct iovec parts[ENTRIES];
static size_t carried[ENTRIES];
static unsigned message_count;
static _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(uint16_t))];

static void build(struct work *work) {
    struct cmsghdr *cmsg = (struct cmsghdr *)control;
    uint16_t segment = (uint16_t)work->size;
    size_t most = MESSAGE_SIZE_MAX / work->size;

    if (most > SEGMENTS_MAX)
        most = SEGMENTS_MAX;
    cmsg->cmsg_level = SOL_UDP;
    cmsg->cmsg_type = UDP_SEGMENT;
    cmsg->cmsg_len = CMSG_LEN(sizeof segment);
    memcpy(CMSG_DATA(cmsg), &segment, sizeof segment);
    for (size_t i = 0; i < work->count && message_count < ENTRIES;) {
        size_t n = work->count - i < most ? work->count - i : most;

        parts[message_count] =
            (struct iovec){work->payload + work->offset[i], n * work->size};
        headers[message_count] = (struct msghdr){
            .msg_iov = &parts[message_count],
            .msg_iovlen = 1,
            .msg_control = control,
            .msg_controllen = sizeof control,
        };
        carried[message_count++] = n;
        i += n;
    }
}

static uint64_t send_batch(int fd) {
    struct io_uring_cqe *cqe;
    unsigned head, seen = 0;
    uint64_t sent = 0;

    for (unsigned i = 0; i < message_count; i++) {
        struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

        io_uring_prep_sendmsg(sqe, fd, &headers[i], 0);
        io_uring_sqe_set_data64(sqe, i);
    }
    io_uring_submit_and_wait(&ring, message_count);
    io_uring_for_each_cqe(&ring, head, cqe) {
        if (cqe->res > 0)
            sent += carried[cqe->user_data];
        seen++;
    }
    io_uring_cq_advance(&ring, seen);
    return sent;
}

int main(int argc, char **argv) {
    struct work *work = bench_work(argc, argv);
    int fd = bench_connected(work->port);
    double start = bench_now(), cpu = bench_cpu();
    uint64_t sent = 0;

    if (io_uring_queue_init(ENTRIES * 2, &ring, 0) < 0) {
        fprintf(stderr, "uring_send: io_uring cannot be had\n");
        return 0;
    }
    build(work);
    while (bench_now() - start < work->seconds)
        sent += send_batch(fd);
    bench_sent(sent, start, cpu);
    return 0;
}
