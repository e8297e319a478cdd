/* Worker processes on one port, with one shared socket and with a socket each
   (reuse_port): how many datagrams of a flood they receive, how evenly, and how
   much CPU time a datagram takes.

   usage: dgram_cluster SECONDS

   It starts itself as the workers: dgram_cluster shared|own PORT */
#include "bench.h"

#include <dgram_cluster.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FLOWS_MAX 64
#define WORKERS_MAX 2

/* ---- A worker: prints "ready", and how much it received in the end ------ */

static uint64_t received;
static dgram_socket *receiver;

static void on_batch(dgram_socket *s, const dgram_message *messages,
                     size_t count, void *data) {
    (void)s;
    (void)messages;
    (void)data;
    received += count;
}

static void on_bound(dgram_socket *s, void *data) {
    (void)s;
    (void)data;
    printf("ready\n");
    fflush(stdout);
}

static void on_stop(uv_loop_t *loop, void *data) {
    (void)data;
    dgram_close(receiver);
    printf("%llu %.6f\n", (unsigned long long)received, bench_cpu());
    fflush(stdout);
    dgram_worker_leave(loop);
}

static int work(const char *kind, uint16_t port) {
    static const dgram_events events = {
        .size = sizeof events, .batch = on_batch, .listening = on_bound};
    const dgram_worker_options joining = {.size = sizeof joining,
                                          .stop = on_stop};
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .reuse_port = strcmp(kind, "own") == 0,
                             .receive_buffer_size = RECEIVE_BUFFER};
    uv_loop_t *loop = uv_default_loop();
    dgram_listener listener;

    if (dgram_worker_join(loop, &joining) < 0 ||
        dgram_create_with(loop, &options, &receiver) < 0)
        return 1;
    dgram_on(receiver, &listener, &events, NULL);
    if (dgram_bind(receiver, "127.0.0.1", port) < 0)
        return 1;
    return uv_run(loop, UV_RUN_DEFAULT);
}

/* ---- The primary: sends a flood, and adds up what workers print --------- */

static FILE *out; /* the standard output; workers get a pipe instead */

static struct {
    uv_pipe_t pipe; /* the workers' standard output */
    char text[1024];
    size_t length;
} printed;

static void on_allocate(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
    (void)handle;
    (void)size;
    *buffer = uv_buf_init(printed.text + printed.length,
                          (unsigned)(sizeof printed.text - 1 - printed.length));
}

static void on_printed(uv_stream_t *stream, ssize_t length,
                       const uv_buf_t *buffer) {
    (void)buffer;
    if (length < 0)
        exit(1);
    printed.length += (size_t)length;
    printed.text[printed.length] = '\0';
    uv_stop(stream->loop);
}

static int lines_printed(void) {
    int count = 0;

    for (const char *at = printed.text; (at = strchr(at, '\n')) != NULL; at++)
        count++;
    return count;
}

static void wait_for_lines(int count) {
    while (lines_printed() < count)
        uv_run(uv_default_loop(), UV_RUN_ONCE);
}

static void flood(uint16_t port, int flows, double seconds) {
    static const char payload[64];
    int fds[FLOWS_MAX];
    double start = bench_now();

    for (int i = 0; i < flows; i++)
        fds[i] = bench_connected(port);
    while (bench_now() - start < seconds) {
        for (int i = 0; i < FLOWS_MAX; i++)
            send(fds[i % flows], payload, sizeof payload, 0);
    }
    for (int i = 0; i < flows; i++)
        close(fds[i]);
}

/* NAME_kpps: datagrams of all workers; NAME_least: the part of them that the
   worker with the fewest received; NAME_cpu_us: CPU time of one datagram. */
static void print_result(const char *name, int workers, double seconds) {
    double total = 0, least = -1, cpu = 0;
    const char *at = printed.text;

    for (int i = 0; i < 2 * workers; i++, at = strchr(at, '\n') + 1) {
        double count, used;

        if (sscanf(at, "%lf %lf", &count, &used) != 2)
            continue;
        total += count;
        cpu += used;
        if (least < 0 || count < least)
            least = count;
    }
    fprintf(out, " %s_kpps=%.1f %s_least=%.3f %s_cpu_us=%.3f", name,
            total / seconds / 1e3, name, least / total, name,
            cpu / total * 1e6);
}

static void measure(const char *program, const char *name, const char *kind,
                    int workers, int flows, double seconds) {
    char text[8];
    const char *args[] = {program, kind, text, NULL};
    dgram_spawner_options options = {
        .size = sizeof options, .args = args, .workers = (unsigned)workers};
    dgram_spawner *spawner;
    uint16_t port;

    close(bench_bound(&port));
    snprintf(text, sizeof text, "%u", (unsigned)port);
    printed.length = 0;
    printed.text[0] = '\0';
    if (dgram_spawner_create(uv_default_loop(), &options, &spawner) < 0)
        exit(1);
    wait_for_lines(workers);
    flood(port, flows, seconds);
    dgram_spawner_stop(spawner);
    wait_for_lines(2 * workers);
    print_result(name, workers, seconds);
}

static void read_from_workers(void) {
    int fds[2], result = dup(STDOUT_FILENO);

    if (result < 0 || pipe(fds) < 0 || dup2(fds[1], STDOUT_FILENO) < 0)
        exit(1);
    close(fds[1]);
    out = fdopen(result, "w");
    if (out == NULL)
        exit(1);
    uv_pipe_init(uv_default_loop(), &printed.pipe, 0);
    uv_pipe_open(&printed.pipe, fds[0]);
    uv_read_start((uv_stream_t *)&printed.pipe, on_allocate, on_printed);
}

int main(int argc, char **argv) {
    double seconds = (argc > 1 ? atof(argv[1]) : 1) / 5;

    if (dgram_is_worker())
        return argc > 2 ? work(argv[1], (uint16_t)atoi(argv[2])) : 2;
    read_from_workers();
    fprintf(out, "result");
    measure(argv[0], "one", "shared", 1, FLOWS_MAX, seconds);
    measure(argv[0], "shared", "shared", WORKERS_MAX, FLOWS_MAX, seconds);
    measure(argv[0], "own", "own", WORKERS_MAX, FLOWS_MAX, seconds);
    measure(argv[0], "shared_of_one", "shared", WORKERS_MAX, 1, seconds);
    measure(argv[0], "own_of_one", "own", WORKERS_MAX, 1, seconds);
    fprintf(out, "\n");
    return fclose(out) != 0;
}
