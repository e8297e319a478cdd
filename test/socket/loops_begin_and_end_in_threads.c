/* Loops and sockets that begin and end in several threads at once share nothing
   but the library's list of loops. */
#include "harness.h"

#define THREADS 4
#define ROUNDS 100

struct worker {
    uv_thread_t thread;
    int failed, received, sent;
};

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct worker *worker = data;

    (void)message;
    worker->received++;
    worker->failed += dgram_close(socket) != 0;
}

static void count_sent(dgram_socket *socket, int status, void *data) {
    struct worker *worker = data;

    worker->sent++;
    worker->failed += status != 4 || dgram_close(socket) != 0;
}

static void round_of(struct worker *worker) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_message};
    dgram_socket *from = NULL, *to = NULL;
    dgram_listener listener;
    dgram_address address;
    uv_loop_t loop;

    worker->failed += uv_loop_init(&loop) != 0;
    worker->failed += dgram_create(&loop, DGRAM_UDP4, &from) != 0;
    worker->failed += dgram_create(&loop, DGRAM_UDP4, &to) != 0;
    worker->failed += dgram_bind_sync(to, "127.0.0.1", 0) != 0;
    worker->failed += dgram_get_local_address(to, &address) != 0;
    dgram_on(to, &listener, &events, worker);
    worker->failed +=
        dgram_send(from, "ping", 4, &address, count_sent, worker) != 0;
    uv_run(&loop, UV_RUN_DEFAULT);
    worker->failed += uv_loop_close(&loop) != 0;
}

static void work(void *argument) {
    for (int i = 0; i < ROUNDS; i++)
        round_of(argument);
}

static void threads_are_independent(void **state) {
    static struct worker workers[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            uv_thread_create(&workers[i].thread, work, &workers[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(uv_thread_join(&workers[i].thread), 0);
        assert_int_equal(workers[i].failed, 0);
        assert_int_equal(workers[i].received, ROUNDS);
        assert_int_equal(workers[i].sent, ROUNDS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_are_independent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
