/* The datapath's sender: dgram_datapath_send(), and poll() where the kernel
   takes no more. With BENCH_INFO set each datagram has information. */
#include "bench.h"

#include <dgram_datapath.h>
#include <errno.h>
#include <poll.h>

static dgram_outgoing batch[BATCH_MAX];

static dgram_send_info info = {.set = DGRAM_INFO_LOCAL | DGRAM_INFO_TOS,
                               .tos = INFO_TOS};

static void fill(const struct work *work) {
    info.local.v4 = bench_loopback(0);
    for (size_t i = 0; i < work->count; i++) {
        batch[i].payload = work->payload + work->offset[i];
        batch[i].length = work->length[i];
        if (bench_info())
            batch[i].info = &info;
        if (work->shape == SHAPE_FAN)
            batch[i].to = (const dgram_address *)&work->to[i];
    }
}

/* Drops datagrams for which the kernel has no buffers. */
static size_t send_batch(dgram_datapath *path, size_t count) {
    struct pollfd writable = {dgram_datapath_fd(path), POLLOUT, 0};
    size_t sent = 0;

    for (size_t i = 0; i < count;) {
        int done = dgram_datapath_send(path, batch + i, count - i, NULL);

        if (done == -EAGAIN)
            poll(&writable, 1, -1);
        else if (done < 0)
            i++;
        sent += done > 0 ? (size_t)done : 0;
        i += done > 0 ? (size_t)done : 0;
    }
    return sent;
}

int main(int argc, char **argv) {
    struct work *work = bench_work(argc, argv);
    dgram_datapath_options options = {.size = sizeof options};
    dgram_address any = {.v4 = {.sin_family = AF_INET}};
    dgram_address to = {.v4 = bench_to(work->port)};
    double start, cpu;
    uint64_t sent = 0;
    dgram_datapath *path;

    options.address = &any;
    if (dgram_datapath_create(&options, &path) < 0 ||
        (work->shape != SHAPE_FAN && dgram_datapath_connect(path, &to) < 0))
        return 1;
    fill(work);
    start = bench_now();
    cpu = bench_cpu();
    while (bench_now() - start < work->seconds)
        sent += send_batch(path, work->count);
    bench_sent(sent, start, cpu);
    dgram_datapath_destroy(path);
    return 0;
}
