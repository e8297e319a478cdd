/* libuv's sender: uv_udp_send() kept busy, which libuv batches by sendmmsg()
   where it can. */
#include "bench.h"

#include <stdlib.h>
#include <uv.h>

#define IN_FLIGHT 256

static struct work *work;
static uv_udp_t handle;
static uv_udp_send_t requests[IN_FLIGHT];
static uint64_t sent;
static size_t next;
static double start, cpu;

static void on_sent(uv_udp_send_t *request, int status);

static void send_next(uv_udp_send_t *request) {
    uv_buf_t part = uv_buf_init((char *)work->payload + work->offset[next],
                                (unsigned)work->length[next]);
    const struct sockaddr *to =
        work->shape == SHAPE_FAN ? (struct sockaddr *)&work->to[next] : NULL;

    next = (next + 1) % work->count;
    uv_udp_send(request, &handle, &part, 1, to, on_sent);
}

static void on_sent(uv_udp_send_t *request, int status) {
    sent += status == 0;
    if (sent % 64 == 0 && bench_now() - start >= work->seconds) {
        bench_sent(sent, start, cpu);
        exit(0);
    }
    send_next(request);
}

int main(int argc, char **argv) {
    struct sockaddr_in to;

    work = bench_work(argc, argv);
    to = bench_to(work->port);
    uv_udp_init(uv_default_loop(), &handle);
    if (work->shape != SHAPE_FAN)
        uv_udp_connect(&handle, (struct sockaddr *)&to);
    start = bench_now();
    cpu = bench_cpu();
    for (int i = 0; i < IN_FLIGHT; i++)
        send_next(&requests[i]);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
