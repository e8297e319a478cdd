/* One port, a loop in each of several threads: the kernel spreads the senders
 * over them. Each socket belongs to its loop's thread and to no other.
 *
 *   thread_per_core [PORT [THREADS [SECONDS]]]     by default 7000, 2, 1
 *
 * It echoes what it gets, and prints at the end how many datagrams each thread
 * had: "thread 0: 12 datagrams" and so on.
 */
#include <dgram.h>

#include <stdio.h>
#include <stdlib.h>

#define THREADS_MAX 64

struct worker {
    uv_thread_t thread;
    uv_loop_t loop;
    uv_timer_t limit; /* ends the loop */
    dgram_socket *socket;
    dgram_listener listener;
    unsigned long received;
    int result;
};

static uint16_t port = 7000;
static uint64_t milliseconds = 1000;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct worker *worker = data;

    worker->received++;
    dgram_send(socket, message->payload, message->length, message->from, NULL,
               NULL);
}

static void on_limit(uv_timer_t *timer) {
    struct worker *worker = timer->data;

    dgram_close(worker->socket);
    uv_close((uv_handle_t *)timer, NULL);
}

static void run(void *argument) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_message};
    struct worker *worker = argument;
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .reuse_port = true};

    uv_loop_init(&worker->loop);
    uv_timer_init(&worker->loop, &worker->limit);
    worker->limit.data = worker;
    uv_timer_start(&worker->limit, on_limit, milliseconds, 0);
    worker->result =
        dgram_create_with(&worker->loop, &options, &worker->socket);
    if (worker->result == 0) {
        dgram_on(worker->socket, &worker->listener, &events, worker);
        worker->result = dgram_bind_sync(worker->socket, "127.0.0.1", port);
        uv_run(&worker->loop, UV_RUN_DEFAULT);
    }
    uv_loop_close(&worker->loop);
}

int main(int argc, char **argv) {
    static struct worker workers[THREADS_MAX];
    int count = argc > 2 ? atoi(argv[2]) : 2, failed = 0;

    port = argc > 1 ? (uint16_t)atoi(argv[1]) : port;
    milliseconds = argc > 3 ? (uint64_t)(atof(argv[3]) * 1000) : milliseconds;
    if (count < 1 || count > THREADS_MAX)
        return 2;
    for (int i = 0; i < count; i++)
        uv_thread_create(&workers[i].thread, run, &workers[i]);
    for (int i = 0; i < count; i++) {
        uv_thread_join(&workers[i].thread);
        printf("thread %d: %lu datagrams\n", i, workers[i].received);
        failed += workers[i].result < 0;
    }
    return failed > 0;
}
