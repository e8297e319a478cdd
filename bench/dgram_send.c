/* libdgram's sender: dgram_send_batch(), or, with BENCH_SINGLE set, one
   dgram_send() a datagram. With BENCH_INFO set each datagram of a batch has
   information. */
#include "bench.h"

#include <dgram.h>
#include <stdlib.h>

#define BATCHES_A_TURN 8

static struct work *work;
static dgram_socket *s;
static dgram_outgoing batch[BATCH_MAX];
static uint64_t sent;
static double start, cpu;
static bool single;

static dgram_send_info info = {.set = DGRAM_INFO_LOCAL | DGRAM_INFO_TOS,
                               .tos = INFO_TOS};

static void fill(void) {
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

static void send_singly(void) {
    for (size_t i = 0; i < work->count; i++) {
        if (dgram_send(s, batch[i].payload, batch[i].length, batch[i].to, NULL,
                       NULL) == 0)
            sent++;
    }
}

static void on_idle(uv_idle_t *idle) {
    (void)idle;
    if (bench_now() - start >= work->seconds) {
        bench_sent(sent, start, cpu);
        exit(0);
    }
    if (dgram_get_send_queue_count(s) > 0)
        return;
    /* Some batches a turn, as a busy program has. */
    for (int i = 0; i < BATCHES_A_TURN && dgram_get_send_queue_count(s) == 0;
         i++) {
        int accepted = 0;

        if (single)
            send_singly();
        else
            accepted = dgram_send_batch(s, batch, work->count, NULL, NULL);
        sent += accepted > 0 ? (uint64_t)accepted : 0;
    }
}

int main(int argc, char **argv) {
    uv_idle_t idle;

    work = bench_work(argc, argv);
    single = getenv("BENCH_SINGLE") != NULL;
    fill();
    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &s) < 0 ||
        dgram_bind_sync(s, NULL, 0) < 0 ||
        (work->shape != SHAPE_FAN &&
         dgram_connect_sync(s, bench_host(), work->port) < 0))
        return 1;
    uv_idle_init(uv_default_loop(), &idle);
    uv_idle_start(&idle, on_idle);
    start = bench_now();
    cpu = bench_cpu();
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
