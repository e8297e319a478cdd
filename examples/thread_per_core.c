/* One port, and a loop in each of several threads. The kernel distributes the
 * datagrams among the threads: each thread gets those that the cores of its
 * number received, and runs there, so a datagram stays on one core. Each socket
 * belongs to the thread of its loop; another thread uses a uv_async_t of that
 * loop to reach it.
 *
 *   thread_per_core [PORT [THREADS [COUNT]]]     by default 7000, 2, no end
 *
 * It prints "threads listening 127.0.0.1:7000" and sends each datagram back.
 * After COUNT datagrams it prints the number for each thread, "thread 0: 12
 * datagrams" and so on. Try it with connect_and_reply.
 */
#include <dgram.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS_MAX 64

struct worker {
    uv_thread_t thread;
    uv_loop_t loop;
    uv_async_t stop; /* any thread uses it to end the loop */
    dgram_socket *socket;
    dgram_listener listener;
    unsigned long received;
};

static struct worker workers[THREADS_MAX];
static int count;
static atomic_long left; /* datagrams until the end; 0 at the start: no end */

static void on_stop(uv_async_t *stop) {
    struct worker *worker = stop->data;

    dgram_close(worker->socket);
    uv_close((uv_handle_t *)stop, NULL);
}

static void stop_all(void) {
    for (int i = 0; i < count; i++)
        uv_async_send(&workers[i].stop);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct worker *worker = data;

    worker->received++;
    dgram_send(socket, message->payload, message->length, message->from, NULL,
               NULL);
    if (atomic_fetch_sub(&left, 1) == 1)
        stop_all();
}

/* The main thread may use the loop until another thread runs it. Returns the
   port or a negative code. With port 0 the kernel chooses one for the first
   socket, and the others share it. */
static int open_worker(struct worker *worker, uint16_t port) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_message};
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .reuse_port = true,
                             .steering = DGRAM_STEERING_CPU,
                             .steering_sockets = (uint32_t)count};
    dgram_address address;
    int result = uv_loop_init(&worker->loop);

    if (result < 0)
        return result;
    uv_async_init(&worker->loop, &worker->stop, on_stop);
    worker->stop.data = worker;
    result = dgram_create_with(&worker->loop, &options, &worker->socket);
    if (result == UV_ENOTSUP) { /* the senders are distributed instead */
        options.steering = DGRAM_STEERING_NONE;
        result = dgram_create_with(&worker->loop, &options, &worker->socket);
    }
    if (result < 0)
        return result;
    dgram_on(worker->socket, &worker->listener, &events, worker);
    result = dgram_bind_sync(worker->socket, "127.0.0.1", port);
    if (result == 0)
        result = dgram_get_local_address(worker->socket, &address);
    return result < 0 ? result : dgram_address_port(&address);
}

/* Without it the thread is still correct, only slower. */
static void move_to_core(int core) {
#if UV_VERSION_HEX >= 0x012d00 /* 1.45 */
    uv_thread_t self = uv_thread_self();
    int size = uv_cpumask_size();
    char *mask = size > core ? calloc((size_t)size, 1) : NULL;

    if (mask == NULL)
        return;
    mask[core] = 1;
    uv_thread_setaffinity(&self, mask, NULL, (size_t)size);
    free(mask);
#else
    (void)core;
#endif
}

static void run(void *argument) {
    struct worker *worker = argument;

    move_to_core((int)(worker - workers));
    uv_run(&worker->loop, UV_RUN_DEFAULT);
    uv_loop_close(&worker->loop);
}

int main(int argc, char **argv) {
    int port = argc > 1 ? atoi(argv[1]) : 7000;

    count = argc > 2 ? atoi(argv[2]) : 2;
    atomic_init(&left, argc > 3 ? atol(argv[3]) : 0);
    if (count < 1 || count > THREADS_MAX)
        return 2;
    for (int i = 0; i < count; i++) {
        port = open_worker(&workers[i], (uint16_t)port);
        if (port < 0) {
            fprintf(stderr, "not bound: %s\n", dgram_strerror(port));
            return 1;
        }
    }
    printf("threads listening 127.0.0.1:%d\n", port);
    fflush(stdout);
    for (int i = 0; i < count; i++)
        uv_thread_create(&workers[i].thread, run, &workers[i]);
    for (int i = 0; i < count; i++) {
        uv_thread_join(&workers[i].thread);
        printf("thread %d: %lu datagrams\n", i, workers[i].received);
    }
    return 0;
}
