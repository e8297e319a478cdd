/* One port, several processes. The first process opens a socket, starts the
 * workers that share it, and keeps them running. A worker that dies is
 * replaced; the datagrams in the queue of the socket are not lost.
 *
 *   preforked_echo [PORT [WORKERS]]     by default 7000, 2
 *
 * When all workers have bound, it prints "workers listening 127.0.0.1:7000". It
 * echoes what it receives.
 * SIGTERM ends it: each worker then prints how many datagrams it received, such
 * as "worker 0: 12 datagrams". SIGHUP replaces the workers; if you have
 * installed a new version of the program, they run it. Try it with
 * connect_and_reply.
 */
#include <dgram_cluster.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- A worker ---------------------------------------------------------- */

static dgram_socket *shared;
static dgram_listener listener;
static unsigned long received;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)data;
    received++;
    dgram_send(socket, message->payload, message->length, message->from, NULL,
               NULL);
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    char text[256];

    (void)socket;
    (void)data;
    dgram_error_format(error, text, sizeof text);
    fprintf(stderr, "error: %s\n", text);
}

/* All datagrams that were read have been answered. Print before the worker
   leaves: after that, SIGTERM kills the process. */
static void on_stop(uv_loop_t *loop, void *data) {
    (void)data;
    dgram_close(shared);
    printf("worker %s: %lu datagrams\n", getenv(DGRAM_CLUSTER_WORKER),
           received);
    fflush(stdout);
    dgram_worker_leave(loop);
}

static int run_worker(uv_loop_t *loop, uint16_t port) {
    static const dgram_events events = {
        .size = sizeof events, .message = on_message, .error = on_error};
    const dgram_worker_options options = {
        .size = sizeof options, .signals = true, .stop = on_stop};

    if (dgram_worker_join(loop, &options) < 0 ||
        dgram_create(loop, DGRAM_UDP4, &shared) < 0)
        return 1;
    dgram_on(shared, &listener, &events, NULL);
    if (dgram_bind(shared, "127.0.0.1", port) < 0)
        return 1;
    return uv_run(loop, UV_RUN_DEFAULT);
}

/* ---- The primary ------------------------------------------------------- */

/* Called for the bind of each worker; all share one socket. Prints its address
   when all workers have bound. */
static void on_listening(dgram_spawner *spawner, unsigned worker,
                         const dgram_address *address, void *data) {
    unsigned *missing = data;

    (void)spawner;
    (void)worker;
    if (*missing == 0 || --*missing > 0)
        return;
    printf("workers listening 127.0.0.1:%d\n", dgram_address_port(address));
    fflush(stdout);
}

static void on_ended(dgram_spawner *spawner, unsigned worker, int pid,
                     int64_t status, int signal, void *data) {
    (void)spawner;
    (void)data;
    /* SIGTERM to all processes may kill a worker that has left already. */
    if (status != 0 || (signal != 0 && signal != SIGTERM))
        fprintf(stderr, "worker %u, process %d: status %d, signal %d\n", worker,
                pid, (int)status, signal);
}

static int run_primary(uv_loop_t *loop, const char *const *args, int workers) {
    unsigned missing = (unsigned)workers;
    const dgram_spawner_options options = {.size = sizeof options,
                                           .data = &missing,
                                           .args = args,
                                           .workers = missing,
                                           .signals = true,
                                           .listening = on_listening,
                                           .ended = on_ended};
    dgram_spawner *spawner;

    if (dgram_spawner_create(loop, &options, &spawner) < 0) {
        fprintf(stderr, "cannot start workers\n");
        return 1;
    }
    return uv_run(loop, UV_RUN_DEFAULT);
}

/* The workers run this program with the same arguments. */
int main(int argc, char **argv) {
    int port = argc > 1 ? atoi(argv[1]) : 7000;
    int workers = argc > 2 ? atoi(argv[2]) : 2;
    uv_loop_t *loop = uv_default_loop();

    if (dgram_is_worker())
        return run_worker(loop, (uint16_t)port);
    return run_primary(loop, (const char *const *)argv, workers);
}
