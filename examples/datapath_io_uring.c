/* An echo server on io_uring's poll, with a datapath.
 *
 *   datapath_io_uring [PORT [COUNT]]     by default port 7000, and no end
 *
 * It prints "echo listening 127.0.0.1:7000". Try it with connect_and_reply.
 * Build it: cc FILE $(pkg-config --cflags --libs dgram-datapath liburing)
 */
#include <dgram_datapath.h>

#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define BUFFERS 32    /* messages received by one system call */
#define MESSAGES 1024 /* datagrams of them, at once */

static dgram_datapath *path;
static dgram_buffers buffers = {.size = DGRAM_BUFFER_SIZE, .count = BUFFERS};
static dgram_message messages[MESSAGES];
static dgram_outgoing answers[MESSAGES];
static int status[MESSAGES];
static size_t waiting, sent;   /* answers, and how many of them are done */
static size_t left = SIZE_MAX; /* datagrams until the end */

/* Returns whether all answers are done. One without buffers is dropped. */
static bool send_answers(void) {
    while (sent < waiting) {
        int n = dgram_datapath_send(path, answers + sent, waiting - sent,
                                    status + sent);

        if (n > 0)
            sent += (size_t)n;
        if (sent < waiting && status[sent] == -EAGAIN)
            return false;
        if (sent < waiting && status[sent] == -ENOBUFS)
            sent++;
    }
    return true;
}

/* A multishot poll reports only changes, so this receives until nothing waits.
   Returns false if the descriptor must become writable first. */
static bool echo(void) {
    while (send_answers()) {
        int count = dgram_datapath_receive(path, &buffers, messages, MESSAGES);

        if (count == -EAGAIN)
            return true;
        for (sent = waiting = 0; (int)waiting < count; waiting++)
            answers[waiting] =
                (dgram_outgoing){.payload = messages[waiting].payload,
                                 .length = messages[waiting].length,
                                 .to = messages[waiting].from};
        left -= left < waiting ? left : waiting;
    }
    return false;
}

static void watch(struct io_uring *ring, unsigned event) {
    struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

    io_uring_prep_poll_add(sqe, dgram_datapath_fd(path), event);
    if (event == POLLIN)
        sqe->len = IORING_POLL_ADD_MULTI;
    sqe->user_data = event;
}

static int serve(struct io_uring *ring) {
    bool blocked = false; /* until the descriptor is writable */
    struct io_uring_cqe *cqe;

    watch(ring, POLLIN);
    while (left != 0 || blocked) {
        io_uring_submit_and_wait(ring, 1);
        while (io_uring_peek_cqe(ring, &cqe) == 0) {
            if (cqe->res < 0)
                return cqe->res; /* multishot needs Linux 5.13 */
            if (cqe->user_data == POLLOUT)
                blocked = false;
            else if ((cqe->flags & IORING_CQE_F_MORE) == 0)
                watch(ring, POLLIN);
            io_uring_cqe_seen(ring, cqe);
        }
        if (!blocked && !echo()) {
            watch(ring, POLLOUT);
            blocked = true;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    dgram_datapath_options options = {.size = sizeof options};
    struct io_uring ring;
    dgram_address address;
    socklen_t size = sizeof address;
    int code = io_uring_queue_init(8, &ring, 0);

    dgram_address_parse("127.0.0.1",
                        (uint16_t)atoi(argc > 1 ? argv[1] : "7000"), &address);
    if (argc > 2)
        left = (size_t)atol(argv[2]);
    options.address = &address;
    buffers.memory = malloc((size_t)BUFFERS * DGRAM_BUFFER_SIZE);
    if (code == 0 && (code = dgram_datapath_create(&options, &path)) == 0) {
        getsockname(dgram_datapath_fd(path), &address.any, &size);
        printf("echo listening 127.0.0.1:%d\n", dgram_address_port(&address));
        fflush(stdout);
        code = serve(&ring);
        io_uring_queue_exit(&ring);
    }
    if (code < 0)
        fprintf(stderr, "echo: %s\n", dgram_err_name(code));
    dgram_datapath_destroy(path);
    free(buffers.memory);
    return code < 0;
}
