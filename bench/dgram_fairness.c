/* One loop with a flooded socket, a timer of 1 ms and a quiet socket: how late
   is the timer, how long does the quiet socket take to answer? The flood comes
   from another process, the questions from another thread. */
#include "bench.h"

#include <dgram.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMES_MAX 100000

static double lateness[TIMES_MAX], answers[TIMES_MAX];
static size_t late_count, answer_count;
static double last_tick, end;
static uint64_t flooded;
static uint16_t flood_port, quiet_port;

static void on_flood(dgram_socket *s, const dgram_message *message,
                     void *data) {
    (void)s;
    (void)message;
    (void)data;
    flooded++;
}

static void on_question(dgram_socket *s, const dgram_message *message,
                        void *data) {
    (void)data;
    dgram_send(s, message->payload, message->length, message->from, NULL, NULL);
}

static void on_tick(uv_timer_t *timer) {
    double now = bench_now(), late = (now - last_tick) * 1e3 - 1;

    if (last_tick > 0 && late_count < TIMES_MAX)
        lateness[late_count++] = late > 0 ? late : 0;
    last_tick = now;
    if (now > end)
        uv_stop(timer->loop);
}

static void ask(void *argument) {
    int fd = bench_connected(quiet_port);
    struct timeval limit = {.tv_usec = 100000};
    char byte = 0;

    (void)argument;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    while (bench_now() < end - 0.05 && answer_count < TIMES_MAX) {
        double start = bench_now();

        send(fd, &byte, 1, 0);
        if (recv(fd, &byte, 1, 0) == 1)
            answers[answer_count++] = (bench_now() - start) * 1e3;
        usleep(2000);
    }
    close(fd);
}

static int compare(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static double p99(double *times, size_t count) {
    qsort(times, count, sizeof *times, compare);
    return count > 0 ? times[count * 99 / 100] : -1;
}

static pid_t flood(void) {
    static char payload[64 * 64];
    dgram_outgoing batch[64];
    pid_t pid = fork();
    dgram_socket *s;

    if (pid != 0)
        return pid;
    for (int i = 0; i < 64; i++)
        batch[i] = (dgram_outgoing){.payload = payload + 64 * i, .length = 64};
    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &s) < 0 ||
        dgram_connect_sync(s, "127.0.0.1", flood_port) < 0)
        _exit(1);
    while (bench_now() < end + 1)
        dgram_send_batch(s, batch, 64, NULL, NULL);
    _exit(0);
}

static dgram_socket *bound(uv_loop_t *loop, dgram_listener *listener,
                           const dgram_events *events, uint16_t *port_out) {
    dgram_address address;
    dgram_socket *s;

    if (dgram_create(loop, DGRAM_UDP4, &s) < 0 ||
        dgram_bind_sync(s, "127.0.0.1", 0) < 0)
        exit(1);
    dgram_on(s, listener, events, NULL);
    dgram_get_local_address(s, &address);
    *port_out = dgram_address_port(&address);
    return s;
}

int main(int argc, char **argv) {
    static const dgram_events flooded_events = {.size = sizeof flooded_events,
                                                .message = on_flood};
    static const dgram_events quiet_events = {.size = sizeof quiet_events,
                                              .message = on_question};
    dgram_listener flood_listener, quiet_listener;
    uv_thread_t asker;
    uv_timer_t timer;
    uv_loop_t loop;
    pid_t flooder;

    end = bench_now() + (argc > 1 ? atof(argv[1]) : 1);
    uv_loop_init(&loop);
    bound(&loop, &flood_listener, &flooded_events, &flood_port);
    bound(&loop, &quiet_listener, &quiet_events, &quiet_port);
    flooder = flood();
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, on_tick, 1, 1);
    uv_thread_create(&asker, ask, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_thread_join(&asker);
    kill(flooder, SIGKILL);
    waitpid(flooder, NULL, 0);
    printf("result timer_p99_ms=%.3f quiet_p99_ms=%.3f flooded=%llu\n",
           p99(lateness, late_count), p99(answers, answer_count),
           (unsigned long long)flooded);
    return 0;
}
