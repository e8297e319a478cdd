/* What idle sockets cost: memory of each, and the rate of a busy one among
   10,000 against that of one alone. Takes the seconds of each measurement. */
#include "bench.h"

#include <dgram.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define SOCKETS 10000
#define BATCH 16

static uint64_t received;
static size_t allocated; /* by the library, now */

static void *allocate(size_t size, void *data) {
    size_t *memory = malloc(sizeof(max_align_t) + size);

    (void)data;
    if (memory == NULL)
        return NULL;
    *memory = size;
    allocated += size;
    return (char *)memory + sizeof(max_align_t);
}

static void release(void *memory, void *data) {
    size_t *start = (size_t *)(void *)((char *)memory - sizeof(max_align_t));

    (void)data;
    allocated -= *start;
    free(start);
}

static void on_batch(dgram_socket *s, const dgram_message *messages,
                     size_t count, void *data) {
    (void)s;
    (void)messages;
    (void)data;
    received += count;
}

static const dgram_events events = {.size = sizeof events, .batch = on_batch};

/* Sends to itself through the loop; thousand datagrams a second. */
static double rate_of(dgram_socket *s, double seconds) {
    static const char payload[64];
    dgram_address to;
    double start = bench_now();

    dgram_get_local_address(s, &to);
    received = 0;
    while (bench_now() - start < seconds) {
        for (int i = 0; i < BATCH; i++)
            dgram_send(s, payload, sizeof payload, &to, NULL, NULL);
        uv_run(uv_default_loop(), UV_RUN_NOWAIT);
    }
    return (double)received / (bench_now() - start) / 1e3;
}

int main(int argc, char **argv) {
    static dgram_socket *sockets[SOCKETS];
    static const dgram_allocator counting = {.allocate = allocate,
                                             .release = release};
    double seconds = argc > 1 ? atof(argv[1]) : 1, alone, among;
    struct rlimit files = {SOCKETS + 100, SOCKETS + 100};
    dgram_listener listener;
    size_t before;

    setrlimit(RLIMIT_NOFILE, &files);
    dgram_set_allocator(&counting);
    for (int i = 0; i < SOCKETS; i++) {
        if (i == 1) {
            alone = rate_of(sockets[0], seconds / 2);
            before = allocated;
        }
        if (dgram_create(uv_default_loop(), DGRAM_UDP4, &sockets[i]) < 0 ||
            dgram_bind_sync(sockets[i], "127.0.0.1", 0) < 0) {
            fprintf(stderr, "dgram_sockets: only %d sockets can be had\n", i);
            return 1;
        }
        if (i == 0)
            dgram_on(sockets[0], &listener, &events, NULL);
    }
    uv_run(uv_default_loop(), UV_RUN_NOWAIT);
    among = rate_of(sockets[0], seconds / 2);
    printf("result bytes=%.0f alone_kpps=%.1f among_kpps=%.1f ratio=%.3f\n",
           (double)(allocated - before) / (SOCKETS - 1) - sizeof(uv_poll_t),
           alone, among, among / alone);
    return 0;
}
