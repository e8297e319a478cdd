/* The echo server on a datapath. It sends answers from the receive buffers. */
#include "bench.h"

#include <dgram_datapath.h>
#include <errno.h>
#include <poll.h>

#define BUFFERS 64
#define MESSAGES 2048

static unsigned char memory[BUFFERS * DGRAM_BUFFER_SIZE];
static dgram_message messages[MESSAGES];
static dgram_outgoing answers[MESSAGES];

static void wait_for(int fd, short events) {
    struct pollfd ready = {fd, events, 0};

    poll(&ready, 1, -1);
}

/* Drops datagrams for which the kernel has no buffers. */
static void send_answers(dgram_datapath *path, size_t count) {
    for (size_t i = 0; i < count;) {
        int done = dgram_datapath_send(path, answers + i, count - i, NULL);

        if (done == -EAGAIN)
            wait_for(dgram_datapath_fd(path), POLLOUT);
        else
            i += done > 0 ? (size_t)done : 1;
    }
}

int main(void) {
    dgram_datapath_options options = {.size = sizeof options};
    dgram_buffers buffers = {
        .memory = memory, .size = DGRAM_BUFFER_SIZE, .count = BUFFERS};
    dgram_datapath *path;
    uint16_t port;

    options.fd = bench_bound(&port);
    if (dgram_datapath_create(&options, &path) < 0)
        return 1;
    bench_ready(port);
    for (;;) {
        int count = dgram_datapath_receive(path, &buffers, messages, MESSAGES);

        if (count == -EAGAIN)
            wait_for(options.fd, POLLIN);
        for (int i = 0; i < count; i++) {
            answers[i].payload = messages[i].payload;
            answers[i].length = messages[i].length;
            answers[i].to = messages[i].from;
        }
        send_answers(path, count > 0 ? (size_t)count : 0);
    }
}
