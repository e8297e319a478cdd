/* A worker that is asked to end stops reading shared sockets, sends what is
   queued, and closes. The other workers get what it has not read. */
#include "workers.h"

#include <signal.h>

static struct recorder recorders[3];

static void unread_datagrams_go_to_the_others(dgram_type type) {
    int peer = peer_open(type), received;
    dgram_socket *first, *second;
    dgram_address there;

    workers_open(2);
    first = worker_bound(&workers.worker[0], loopback(type), 0, &recorders[0]);
    second = worker_bound(&workers.worker[1], loopback(type), 0, &recorders[1]);
    there = loopback_of(second);
    assert_int_equal(dgram_connection_stop(workers.worker[0].connection), 0);
    /* Only its loop runs: it does not read the datagrams. */
    for (int i = 0; i < 100 && recorders[0].closed == 0; i++) {
        peer_send_text(peer, "x", &there);
        uv_run(&workers.worker[0].loop, UV_RUN_ONCE);
    }
    assert_int_equal(recorders[0].closed, 1);
    received = recorders[0].messages;
    assert_true(received <= 1);
    assert_true(first != NULL);
    peer_send_text(peer, "last", &there);
    workers_run_until(&recorders[1].messages, 1);
    workers_run_iterations(20);
    assert_string_equal(recorders[1].message[recorders[1].messages - 1].payload,
                        "last");
    dgram_close(second);
    workers_end();
    peer_close(peer);
}
BOTH(unread_datagrams_go_to_the_others)

static void sends_are_finished_before_the_close(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    dgram_address there = peer_address(peer);
    struct sent sent = {0};
    dgram_socket *socket;

    (void)state;
    workers_open(1);
    socket = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    assert_int_equal(dgram_worker_stop(&workers.worker[0].loop), 0);
    assert_int_equal(recorders[0].closed, 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(dgram_send(socket, "y", 1, &there, note_sent, &sent),
                         0);
    workers_run_until(&recorders[0].closed, 1);
    assert_int_equal(sent.calls, 100);
    assert_int_equal(sent.status, 1);
    for (int i = 0; i < 100; i++)
        peer_expect(peer, "y");
    workers_end();
    peer_close(peer);
}

static void the_callback_may_close_later(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    struct worker *worker;
    dgram_socket *socket, *late, *own;

    (void)state;
    workers_open(0);
    worker = workers_add(true);
    socket = worker_bound(worker, "127.0.0.1", 0, &recorders[0]);
    own = worker_socket(worker, DGRAM_UDP4, &recorders[2]);
    assert_int_equal(dgram_bind_sync(own, "127.0.0.1", 0), 0);
    assert_int_equal(dgram_connection_stop(worker->connection), 0);
    assert_int_equal(dgram_connection_stop(worker->connection), 0);
    workers_run_until(&worker->stopped, 1);
    for (int i = 0; i < 3; i++) {
        dgram_address there = loopback_of(socket), here = loopback_of(own);

        peer_send_text(peer, "x", &there);
        peer_send_text(peer, "x", &here);
    }
    workers_run_until(&recorders[2].messages, 3);
    assert_int_equal(recorders[0].messages, 0);
    assert_int_equal(recorders[0].closed, 0);
    /* A later bind is shared, and not read either. */
    late = worker_bound(worker, "127.0.0.1", 0, &recorders[1]);
    {
        dgram_address there = loopback_of(late);

        peer_send_text(peer, "x", &there);
    }
    workers_run_iterations(20);
    assert_int_equal(recorders[1].messages, 0);
    assert_int_equal(worker->stopped, 1);
    dgram_close(socket);
    dgram_close(late);
    dgram_close(own);
    workers_end();
    peer_close(peer);
}

static void a_pending_bind_is_closed_too(void **state) {
    dgram_socket *socket;

    (void)state;
    workers_open(1);
    socket = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[0]);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    assert_int_equal(dgram_worker_stop(&workers.worker[0].loop), 0);
    workers_run_until(&recorders[0].closed, 1);
    assert_string_equal(recorders[0].log, "lx");
    workers_end();
}

static void leave_loop(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)message;
    dgram_close(socket);
    assert_int_equal(dgram_worker_leave(data), 0);
}

/* A signal of the same wake-up does not stop a worker that has left. */
static void a_worker_that_left_is_not_stopped(void **state) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = leave_loop};
    static dgram_listener listener;
    int peer = peer_open(DGRAM_UDP4);
    struct worker *worker;
    dgram_address there;
    dgram_socket *socket;

    (void)state;
    for (int callbacks = 0; callbacks < 2; callbacks++) {
        workers_open(0);
        worker = workers_add_with(callbacks, true);
        socket = worker_bound(worker, "127.0.0.1", 0, &recorders[0]);
        there = loopback_of(socket);
        dgram_on(socket, &listener, &events, &worker->loop);
        peer_send_text(peer, "x", &there);
        assert_int_equal(raise(SIGTERM), 0);
        workers_run_until(&workers.left, 1);
        workers_run_iterations(5);
        assert_int_equal(worker->stopped, 0);
        workers_end();
    }
    peer_close(peer);
}

static int never(dgram_lookup *lookup, const char *host, dgram_type type,
                 void *data) {
    (void)lookup;
    (void)host;
    (void)type;
    (void)data;
    return 0;
}

static void leave_worker(dgram_lookup *lookup, void *data) {
    (void)lookup;
    assert_int_equal(dgram_worker_leave(data), 0);
}

/* Closing the last socket calls a resolver that leaves. */
static void a_worker_may_leave_in_its_last_close(void **state) {
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .lookup = never,
                             .lookup_cancel = leave_worker};
    struct worker *worker;
    dgram_socket *socket;

    (void)state;
    workers_open(1);
    worker = &workers.worker[0];
    options.lookup_data = &worker->loop;
    assert_int_equal(dgram_create_with(&worker->loop, &options, &socket), 0);
    record_events(&recorders[0], socket);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    workers_run_until(&recorders[0].listening, 1);
    assert_int_equal(dgram_connect(socket, "name.test", 1, NULL, NULL), 0);
    workers_run_iterations(2);
    assert_int_equal(dgram_worker_stop(&worker->loop), 0);
    workers_run_until(&workers.left, 1);
    workers_run_iterations(5);
    assert_int_equal(recorders[0].closed, 1);
    assert_int_equal(dgram_worker_stop(&worker->loop), UV_ENOTCONN);
    workers_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(unread_datagrams_go_to_the_others),
        IN_LOOP(sends_are_finished_before_the_close),
        IN_LOOP(the_callback_may_close_later),
        IN_LOOP(a_pending_bind_is_closed_too),
        IN_LOOP(a_worker_that_left_is_not_stopped),
        IN_LOOP(a_worker_may_leave_in_its_last_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
