/* Binds of several workers to one address share a socket: they have one port,
   and each datagram goes to one worker. The n-th binds of all workers share the
   n-th socket. */
#include "workers.h"

#define COUNT 40

static struct recorder recorders[6];

static void port_0_is_one_port(dgram_type type) {
    dgram_socket *first, *second;

    workers_open(2);
    first = worker_bound(&workers.worker[0], loopback(type), 0, &recorders[0]);
    second = worker_bound(&workers.worker[1], loopback(type), 0, &recorders[1]);
    assert_true(port_of(first) > 0);
    assert_int_equal(port_of(first), port_of(second));
    assert_int_equal(workers.listening, 2);
    assert_int_equal(dgram_address_port(&workers.address), port_of(first));
    dgram_close(first);
    dgram_close(second);
    workers_end();
    assert_string_equal(recorders[0].log, "lx");
}
BOTH(port_0_is_one_port)

static void the_next_bind_gets_another_socket(dgram_type type) {
    dgram_socket *s[4];

    workers_open(2);
    s[0] = worker_bound(&workers.worker[0], loopback(type), 0, &recorders[0]);
    s[1] = worker_bound(&workers.worker[0], loopback(type), 0, &recorders[1]);
    s[2] = worker_bound(&workers.worker[1], loopback(type), 0, &recorders[2]);
    s[3] = worker_bound(&workers.worker[1], loopback(type), 0, &recorders[3]);
    assert_int_not_equal(port_of(s[0]), port_of(s[1]));
    assert_int_equal(port_of(s[0]), port_of(s[2]));
    assert_int_equal(port_of(s[1]), port_of(s[3]));
    /* The count goes on while one of the binds is open, then begins at 0. */
    dgram_close(s[2]);
    s[2] = worker_bound(&workers.worker[1], loopback(type), 0, &recorders[4]);
    assert_int_not_equal(port_of(s[2]), port_of(s[0]));
    assert_int_not_equal(port_of(s[2]), port_of(s[1]));
    dgram_close(s[2]);
    dgram_close(s[3]);
    s[2] = worker_bound(&workers.worker[1], loopback(type), 0, &recorders[5]);
    assert_int_equal(port_of(s[2]), port_of(s[0]));
    for (int i = 0; i < 3; i++)
        dgram_close(s[i]);
    workers_end();
}
BOTH(the_next_bind_gets_another_socket)

/* A socket that is closed before its answer does not count as a bind. */
static void a_cancelled_bind_does_not_count(dgram_type type) {
    dgram_socket *gone, *first, *second;
    uint16_t port;

    workers_open(2);
    first = worker_bound(&workers.worker[0], loopback(type), 0, &recorders[0]);
    port = port_of(first);
    dgram_close(first);
    workers_run_until(&recorders[0].closed, 1);
    workers_run_iterations(5);
    gone = worker_socket(&workers.worker[0], type, &recorders[1]);
    assert_int_equal(dgram_bind(gone, loopback(type), port), 0);
    uv_run(&workers.worker[0].loop, UV_RUN_NOWAIT);
    dgram_close(gone);
    first =
        worker_bound(&workers.worker[0], loopback(type), port, &recorders[2]);
    second =
        worker_bound(&workers.worker[1], loopback(type), port, &recorders[3]);
    assert_int_equal(recorders[1].listening, 0);
    dgram_close(first);
    dgram_close(second);
    workers_end();
}
BOTH(a_cancelled_bind_does_not_count)

static void each_datagram_is_received_once(dgram_type type) {
    int peer = peer_open(type), received = 0;
    dgram_socket *s[3];
    dgram_address there;

    workers_open(3);
    s[0] = worker_bound(&workers.worker[0], loopback(type), 0, &recorders[0]);
    there = loopback_of(s[0]);
    /* The count is that of the requested port, which is 0 for both. */
    s[1] = worker_bound(&workers.worker[1], loopback(type), 0, &recorders[1]);
    s[2] = worker_bound(&workers.worker[2], loopback(type), 0, &recorders[2]);
    for (int i = 0; i < COUNT; i++)
        peer_send_text(peer, "x", &there);
    for (int i = 0; i < 1000 && received < COUNT; i++) {
        workers_run_iterations(1);
        received = recorders[0].messages + recorders[1].messages +
                   recorders[2].messages;
    }
    workers_run_iterations(10);
    received =
        recorders[0].messages + recorders[1].messages + recorders[2].messages;
    assert_int_equal(received, COUNT);
    /* Each worker sends from the same port. */
    for (int i = 0; i < 3; i++) {
        dgram_address here = peer_address(peer);
        struct sent sent = {0};
        char byte;
        dgram_address from;

        assert_int_equal(dgram_send(s[i], "y", 1, &here, note_sent, &sent), 0);
        workers_run_until(&sent.calls, 1);
        assert_int_equal(peer_receive(peer, &byte, 1, &from), 1);
        assert_true(dgram_address_equal(&from, &there));
    }
    /* The others receive what the closed one does not. */
    dgram_close(s[0]);
    dgram_close(s[1]);
    workers_run_iterations(10);
    received = recorders[2].messages;
    peer_send_text(peer, "z", &there);
    workers_run_until(&recorders[2].messages, received + 1);
    dgram_close(s[2]);
    workers_end();
    peer_close(peer);
}
BOTH(each_datagram_is_received_once)

static void a_fixed_port_is_shared(dgram_type type) {
    dgram_socket *probe = new_bound(type), *first, *second;
    uint16_t port = port_of(probe);

    dgram_close(probe);
    run_to_end();
    workers_open(2);
    first =
        worker_bound(&workers.worker[0], loopback(type), port, &recorders[0]);
    second =
        worker_bound(&workers.worker[1], loopback(type), port, &recorders[1]);
    assert_int_equal(port_of(first), port);
    assert_int_equal(port_of(second), port);
    dgram_close(first);
    dgram_close(second);
    workers_end();
}
BOTH(a_fixed_port_is_shared)

/* Addresses are compared after the lookup. */
static void names_are_compared_as_addresses(void **state) {
    dgram_socket *first, *second;

    (void)state;
    workers_open(2);
    first = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[0]);
    second = worker_socket(&workers.worker[1], DGRAM_UDP4, &recorders[1]);
    assert_int_equal(dgram_bind(first, "localhost", 0), 0);
    assert_int_equal(dgram_bind(second, "127.0.0.1", 0), 0);
    workers_run_until(&recorders[0].listening, 1);
    workers_run_until(&recorders[1].listening, 1);
    assert_int_equal(port_of(first), port_of(second));
    dgram_close(first);
    dgram_close(second);
    workers_end();
}

static void the_first_bind_decides_on_options(void **state) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .reuse_address = true};
    dgram_socket *first, *second;
    int on = 1;
    socklen_t size = sizeof on;

    (void)state;
    workers_open(2);
    first = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    assert_int_equal(
        dgram_create_with(&workers.worker[1].loop, &options, &second), 0);
    record_events(&recorders[1], second);
    assert_int_equal(dgram_bind(second, "127.0.0.1", 0), 0);
    workers_run_until(&recorders[1].listening, 1);
    assert_int_equal(port_of(first), port_of(second));
    assert_int_equal(
        getsockopt(dgram_fileno(second), SOL_SOCKET, SO_REUSEADDR, &on, &size),
        0);
    assert_int_equal(on, 0);
    dgram_close(first);
    dgram_close(second);
    workers_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(port_0_is_one_port),
        IN_LOOP_BOTH(the_next_bind_gets_another_socket),
        IN_LOOP_BOTH(a_cancelled_bind_does_not_count),
        IN_LOOP_BOTH(each_datagram_is_received_once),
        IN_LOOP_BOTH(a_fixed_port_is_shared),
        IN_LOOP(names_are_compared_as_addresses),
        IN_LOOP(the_first_bind_decides_on_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
