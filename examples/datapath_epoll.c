/* An echo server on epoll, with a datapath.
 *
 *   datapath_epoll [PORT [COUNT]]     by default port 7000, and no end
 *
 * It prints "echo listening 127.0.0.1:7000". Try it with connect_and_reply.
 * Build it: cc datapath_epoll.c $(pkg-config --cflags --libs dgram-datapath)
 */
#include <dgram_datapath.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BUFFERS 32    /* messages received by one system call */
#define MESSAGES 1024 /* datagrams of them, at once */

static dgram_datapath *path;
static dgram_buffers buffers = {.size = DGRAM_BUFFER_SIZE, .count = BUFFERS};
static dgram_message messages[MESSAGES];
static dgram_outgoing answers[MESSAGES];
static int status[MESSAGES];
static size_t waiting, sent; /* answers, and how many of them are done */
static long left = -1;       /* datagrams until the end; negative: no end */

/* Returns whether all answers are done. One without buffers is dropped. */
static int send_answers(void) {
    while (sent < waiting) {
        int n = dgram_datapath_send(path, answers + sent, waiting - sent,
                                    status + sent);

        if (n > 0)
            sent += (size_t)n;
        if (sent < waiting && status[sent] == -EAGAIN)
            return 0;
        if (sent < waiting && status[sent] == -ENOBUFS)
            sent++;
    }
    return 1;
}

/* The answers point into the buffers, so all of them are sent before the next
   receive. */
static int receive_and_answer(void) {
    int count = dgram_datapath_receive(path, &buffers, messages, MESSAGES);

    /* -EAGAIN, or an error that the kernel reported for a peer. */
    if (count < 0)
        return 1;
    for (int i = 0; i < count; i++)
        answers[i] = (dgram_outgoing){.payload = messages[i].payload,
                                      .length = messages[i].length,
                                      .to = messages[i].from};
    waiting = (size_t)count;
    sent = 0;
    if (left > 0)
        left = left > count ? left - count : 0;
    return send_answers();
}

static void watch(int epoll, int how, uint32_t events) {
    struct epoll_event event = {.events = events};

    epoll_ctl(epoll, how, dgram_datapath_fd(path), &event);
}

static int serve(void) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    int all_out = 1;

    watch(epoll, EPOLL_CTL_ADD, EPOLLIN);
    while (left != 0 || !all_out) {
        struct epoll_event event;

        if (epoll_wait(epoll, &event, 1, -1) < 0)
            continue;
        all_out = sent < waiting ? send_answers() : receive_and_answer();
        /* The rest of a call with more than MESSAGES datagrams causes no
         * wake-up. */
        while (all_out && buffers.given < buffers.received)
            all_out = receive_and_answer();
        watch(epoll, EPOLL_CTL_MOD, all_out ? EPOLLIN : EPOLLOUT);
    }
    close(epoll);
    return 0;
}

int main(int argc, char **argv) {
    uint16_t port = (uint16_t)(argc > 1 ? atoi(argv[1]) : 7000);
    dgram_datapath_options options = {.size = sizeof options};
    dgram_address address;
    socklen_t size = sizeof address;
    int code;

    if (argc > 2)
        left = atol(argv[2]);
    dgram_address_parse("127.0.0.1", port, &address);
    options.address = &address;
    code = dgram_datapath_create(&options, &path);
    buffers.memory = malloc((size_t)BUFFERS * DGRAM_BUFFER_SIZE);
    if (code < 0 || buffers.memory == NULL) {
        fprintf(stderr, "echo: %s\n", dgram_strerror(code));
        return 1;
    }
    getsockname(dgram_datapath_fd(path), &address.any, &size);
    printf("echo listening 127.0.0.1:%d\n", dgram_address_port(&address));
    fflush(stdout);
    code = serve();
    dgram_datapath_destroy(path);
    free(buffers.memory);
    return code;
}
