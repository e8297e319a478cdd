/* Loops in threads that share a port by reusePort, each with a plain sender of
   its own in the same thread count: the rate of two against that of one. */
#include "bench.h"

#include <dgram.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define FLOWS 64 /* senders' ports, so that the kernel can spread them */

static uint16_t port;
static double seconds;
static atomic_bool over;

struct receiver {
    uv_thread_t thread;
    uv_loop_t loop;
    uv_timer_t timer;
    dgram_listener listener;
    uint64_t received;
};

static void on_batch(dgram_socket *s, const dgram_message *messages,
                     size_t count, void *data) {
    struct receiver *receiver = data;

    (void)s;
    (void)messages;
    receiver->received += count;
}

static void on_over(uv_timer_t *timer) {
    if (atomic_load(&over))
        uv_stop(timer->loop);
}

static void receive(void *argument) {
    static const dgram_events events = {.size = sizeof events,
                                        .batch = on_batch};
    struct receiver *receiver = argument;
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .reuse_port = true};
    dgram_address address;
    dgram_socket *s;

    uv_loop_init(&receiver->loop);
    uv_timer_init(&receiver->loop, &receiver->timer);
    uv_timer_start(&receiver->timer, on_over, 5, 5);
    if (dgram_create_with(&receiver->loop, &options, &s) < 0 ||
        dgram_bind_sync(s, "127.0.0.1", port) < 0)
        exit(1);
    dgram_on(s, &receiver->listener, &events, receiver);
    dgram_get_local_address(s, &address);
    port = dgram_address_port(&address);
    uv_run(&receiver->loop, UV_RUN_DEFAULT);
}

/* On two cores, one thread sends for all. */
static void send_for(double time) {
    static const char payload[64];
    int fds[FLOWS];
    double start = bench_now();

    for (int i = 0; i < FLOWS; i++)
        fds[i] = bench_connected(port);
    while (bench_now() - start < time) {
        for (int i = 0; i < FLOWS; i++)
            send(fds[i], payload, sizeof payload, 0);
    }
    for (int i = 0; i < FLOWS; i++)
        close(fds[i]);
}

static double rate_of(int threads) {
    static struct receiver receivers[2][8];
    struct receiver *mine = receivers[threads > 1];
    uint64_t received = 0;

    port = 0;
    atomic_store(&over, false);
    for (int i = 0; i < threads; i++) {
        uv_thread_create(&mine[i].thread, receive, &mine[i]);
        usleep(20000); /* the first one finds the port */
    }
    send_for(seconds);
    atomic_store(&over, true);
    for (int i = 0; i < threads; i++) {
        uv_thread_join(&mine[i].thread);
        received += mine[i].received;
    }
    return (double)received / seconds / 1e3;
}

int main(int argc, char **argv) {
    double one, two;

    seconds = (argc > 1 ? atof(argv[1]) : 1) / 2;
    one = rate_of(1);
    two = rate_of(2);
    printf("result one_kpps=%.1f two_kpps=%.1f ratio=%.3f\n", one, two,
           two / one);
    return 0;
}
