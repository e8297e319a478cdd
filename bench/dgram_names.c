/* What names cost: sends datagrams of 64 bytes to localhost, 100 at a time, and
   waits for their results.

   usage: dgram_names HOW SECONDS
   HOW: numeric (its address), lookups (its name), kept (the same with
   lookup_ttl). */
#include "bench.h"

#include <dgram.h>
#include <stdlib.h>
#include <string.h>

#define BURST 100

static const char *host = "localhost";
static uint16_t port;
static dgram_socket *s;
static uint64_t sent;
static int left;
static double seconds, start, cpu;

static void send_burst(void);

static void on_sent(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)data;
    sent += status >= 0;
    if (--left > 0)
        return;
    if (bench_now() - start < seconds) {
        send_burst();
        return;
    }
    bench_sent(sent, start, cpu);
    exit(0);
}

static void send_burst(void) {
    static const char payload[64];

    left = BURST;
    for (int i = 0; i < BURST; i++) {
        if (dgram_send_to(s, payload, sizeof payload, host, port, on_sent,
                          NULL) < 0)
            exit(1);
    }
}

int main(int argc, char **argv) {
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};

    if (argc != 3)
        return 2;
    if (strcmp(argv[1], "numeric") == 0)
        host = "127.0.0.1";
    if (strcmp(argv[1], "kept") == 0)
        options.lookup_ttl = 60000;
    seconds = atof(argv[2]);
    bench_bound(&port); /* nobody reads it */
    if (dgram_create_with(uv_default_loop(), &options, &s) < 0 ||
        dgram_bind_sync(s, NULL, 0) < 0)
        return 1;
    start = bench_now();
    cpu = bench_cpu();
    send_burst();
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
