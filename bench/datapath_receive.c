/* The datapath's receiver: dgram_datapath_receive(), and poll() where nothing
   has come. With BENCH_INFO set it asks for the local address and TOS. */
#include "bench.h"

#include <dgram_datapath.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#define BUFFERS 32
#define MESSAGES 2048

static unsigned char memory[BUFFERS * DGRAM_BUFFER_SIZE];
static dgram_message messages[MESSAGES];

int main(int argc, char **argv) {
    struct tally tally = {.seconds = argc > 1 ? atof(argv[1]) : 1};
    dgram_datapath_options options = {.size = sizeof options};
    dgram_buffers buffers = {
        .memory = memory, .size = DGRAM_BUFFER_SIZE, .count = BUFFERS};
    dgram_datapath *path;
    struct pollfd readable = {.events = POLLIN};
    uint16_t port;

    options.fd = bench_bound(&port);
    if (bench_info())
        options.receive_info = DGRAM_INFO_LOCAL | DGRAM_INFO_TOS;
    if (dgram_datapath_create(&options, &path) < 0)
        return 1;
    readable.fd = options.fd;
    bench_ready(port);
    for (;;) {
        int count = dgram_datapath_receive(path, &buffers, messages, MESSAGES);
        uint64_t bytes = 0;

        if (count == -EAGAIN)
            poll(&readable, 1, -1);
        if (count < 0)
            continue;
        for (int i = 0; i < count; i++)
            bytes += messages[i].length;
        bench_count(&tally, (uint64_t)count, bytes);
    }
}
