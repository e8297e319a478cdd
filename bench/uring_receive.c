/* An experiment: a receiver on io_uring, multishot recvmsg() into a ring of
   provided buffers, with UDP GRO. */
#include "bench.h"

#include <liburing.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 64
#define BUFFERS 64
#define BUFFER_SIZE (65536 + 512)
#define GROUP 0

static struct io_uring ring;
static struct io_uring_buf_ring *buffers;
static unsigned char *storage;
static struct msghdr header = {.msg_namelen = sizeof(struct sockaddr_in),
                               .msg_controllen = CMSG_SPACE(sizeof(int))};

static void fail(const char *what) {
    printf("result unavailable=1\n");
    fprintf(stderr, "uring_receive: %s cannot be had\n", what);
    exit(0);
}

static void give_buffer(int index) {
    io_uring_buf_ring_add(buffers, storage + (size_t)index * BUFFER_SIZE,
                          BUFFER_SIZE, (unsigned short)index,
                          io_uring_buf_ring_mask(BUFFERS), 0);
    io_uring_buf_ring_advance(buffers, 1);
}

static void make_buffers(void) {
    struct io_uring_buf_reg reg = {.ring_entries = BUFFERS, .bgid = GROUP};
    void *memory;

    storage = malloc((size_t)BUFFERS * BUFFER_SIZE);
    if (storage == NULL ||
        posix_memalign(&memory, 4096, BUFFERS * sizeof(struct io_uring_buf)))
        fail("memory");
    buffers = memory;
    reg.ring_addr = (uint64_t)(uintptr_t)buffers;
    if (io_uring_register_buf_ring(&ring, &reg, 0) < 0)
        fail("a ring of buffers");
    io_uring_buf_ring_init(buffers);
    for (int i = 0; i < BUFFERS; i++)
        give_buffer(i);
}

static void arm(int fd) {
    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

    io_uring_prep_recvmsg_multishot(sqe, fd, &header, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = GROUP;
    io_uring_submit(&ring);
}

static void note(struct io_uring_cqe *cqe, uint64_t *datagrams,
                 uint64_t *bytes) {
    int index = (int)(cqe->flags >> IORING_CQE_BUFFER_SHIFT), size = 0;
    struct io_uring_recvmsg_out *out = io_uring_recvmsg_validate(
        storage + (size_t)index * BUFFER_SIZE, cqe->res, &header);
    struct cmsghdr *cmsg;
    unsigned length;

    if (out != NULL) {
        length = io_uring_recvmsg_payload_length(out, cqe->res, &header);
        cmsg = io_uring_recvmsg_cmsg_firsthdr(out, &header);
        if (cmsg != NULL && cmsg->cmsg_type == UDP_GRO)
            memcpy(&size, CMSG_DATA(cmsg), sizeof size);
        *bytes += length;
        *datagrams +=
            size > 0 ? (length + (unsigned)size - 1) / (unsigned)size : 1;
    }
    give_buffer(index);
}

static void turn(struct tally *tally, int fd) {
    struct io_uring_cqe *cqe;
    uint64_t datagrams = 0, bytes = 0;
    unsigned head, seen = 0;
    bool ended = false;

    io_uring_submit_and_wait(&ring, 1);
    io_uring_for_each_cqe(&ring, head, cqe) {
        if (cqe->res >= 0)
            note(cqe, &datagrams, &bytes);
        ended |= (cqe->flags & IORING_CQE_F_MORE) == 0;
        seen++;
    }
    io_uring_cq_advance(&ring, seen);
    if (ended)
        arm(fd);
    if (datagrams > 0)
        bench_count(tally, datagrams, bytes);
}

int main(int argc, char **argv) {
    struct tally tally = {.seconds = argc > 1 ? atof(argv[1]) : 1};
    uint16_t port;
    int fd = bench_bound(&port), on = 1;

    setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);
    bench_ready(port);
    if (io_uring_queue_init(ENTRIES, &ring, 0) < 0)
        fail("io_uring");
    make_buffers();
    arm(fd);
    for (;;)
        turn(&tally, fd);
}
