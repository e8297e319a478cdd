/* Two loops in two threads run at the same time. Assertions jump, so threads
   count and the test checks afterwards. */
#include "peer.h"

#define ROUNDS 2000

struct worker {
    dgram_type type;
    uv_thread_t thread;
    uv_loop_t loop;
    dgram_listener listener, echo_listener;
    dgram_socket *socket, *echo;
    dgram_address to;
    int received, sent, failed, closed, left_over;
};

static void count_sent(dgram_socket *socket, int status, void *data) {
    struct worker *worker = data;

    (void)socket;
    worker->sent++;
    worker->failed += status != (int)sizeof(int);
}

static void say(struct worker *worker) {
    int number = worker->received;

    worker->failed += dgram_send(worker->socket, &number, sizeof number,
                                 &worker->to, count_sent, worker) != 0;
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct worker *worker = data;

    if (socket == worker->echo) {
        worker->failed += dgram_send(socket, message->payload, message->length,
                                     message->from, count_sent, worker) != 0;
        return;
    }
    worker->failed +=
        message->length != sizeof(int) ||
        memcmp(message->payload, &worker->received, sizeof(int)) != 0;
    if (++worker->received < ROUNDS) {
        say(worker);
    } else {
        dgram_close(worker->socket);
        dgram_close(worker->echo);
    }
}

static void on_close(dgram_socket *socket, void *data) {
    struct worker *worker = data;

    (void)socket;
    worker->closed++;
}

static const dgram_events events = {
    .size = sizeof events, .message = on_message, .close = on_close};

static void work(void *data) {
    struct worker *worker = data;

    worker->failed += uv_loop_init(&worker->loop) != 0;
    if (dgram_create(&worker->loop, worker->type, &worker->socket) != 0 ||
        dgram_create(&worker->loop, worker->type, &worker->echo) != 0 ||
        dgram_bind_sync(worker->echo, loopback(worker->type), 0) != 0 ||
        dgram_get_local_address(worker->echo, &worker->to) != 0) {
        worker->failed++;
        return;
    }
    dgram_on(worker->socket, &worker->listener, &events, worker);
    dgram_on(worker->echo, &worker->echo_listener, &events, worker);
    say(worker);
    uv_run(&worker->loop, UV_RUN_DEFAULT);
    worker->left_over = uv_loop_close(&worker->loop);
}

static void both_loops_echo(dgram_type type) {
    struct worker workers[2] = {{.type = type}, {.type = type}};

    for (int i = 0; i < 2; i++)
        assert_int_equal(
            uv_thread_create(&workers[i].thread, work, &workers[i]), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(uv_thread_join(&workers[i].thread), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(workers[i].received, ROUNDS);
        assert_int_equal(workers[i].sent, 2 * ROUNDS);
        assert_int_equal(workers[i].failed, 0);
        assert_int_equal(workers[i].closed, 2);
        assert_int_equal(workers[i].left_over, 0);
    }
}
BOTH(both_loops_echo)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_loops_echo_udp4),
        cmocka_unit_test(both_loops_echo_udp6),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
