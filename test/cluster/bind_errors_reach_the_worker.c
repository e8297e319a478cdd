/* If the primary cannot open a socket, the worker's bind fails with the same
   error as a bind in its own process, and the socket is unbound again. */
#include "workers.h"

static struct recorder recorders[3];

/* The text of the error that a bind ends with. */
static const char *error_of(dgram_socket *socket, struct recorder *recorder,
                            const char *address, uint16_t port) {
    int before = recorder->errors;

    assert_int_equal(dgram_bind(socket, address, port), 0);
    workers_run_until(&recorder->errors, before + 1);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    assert_int_equal(dgram_last_error(socket)->code, recorder->error);
    return recorder->error_text;
}

static void a_taken_port_is_an_error(dgram_type type) {
    dgram_address taken;
    dgram_socket *socket;
    char text[100];
    uint16_t port;
    int peer;

    workers_open(1);
    peer = peer_open(type);
    taken = peer_address(peer);
    port = dgram_address_port(&taken);
    snprintf(text, sizeof text, "bind EADDRINUSE %s:%u", loopback(type), port);
    socket = worker_socket(&workers.worker[0], type, &recorders[0]);
    assert_string_equal(error_of(socket, &recorders[0], loopback(type), port),
                        text);
    /* Bind again, then successfully. */
    assert_string_equal(error_of(socket, &recorders[0], loopback(type), port),
                        text);
    peer_close(peer);
    assert_int_equal(dgram_bind(socket, loopback(type), port), 0);
    workers_run_until(&recorders[0].listening, 1);
    assert_int_equal(port_of(socket), port);
    assert_string_equal(recorders[0].log, "eel");
    assert_int_equal(workers.listening, 1);
    dgram_close(socket);
    workers_end();
}
BOTH(a_taken_port_is_an_error)

static void other_errors_reach_the_worker(void **state) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .ipv6_only = true};
    dgram_socket *socket;

    (void)state;
    workers_open(1);
    socket = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[0]);
    assert_string_equal(error_of(socket, &recorders[0], "192.0.2.1", 0),
                        "bind EADDRNOTAVAIL 192.0.2.1");
    assert_string_equal(error_of(socket, &recorders[0], "::1", 0),
                        "bind EINVAL ::1");
    dgram_close(socket);
    assert_int_equal(
        dgram_create_with(&workers.worker[0].loop, &options, &socket), 0);
    record_events(&recorders[1], socket);
    assert_string_equal(error_of(socket, &recorders[1], "127.0.0.1", 9),
                        "bind EINVAL 127.0.0.1:9");
    dgram_close(socket);
    workers_end();
}

static void a_worker_cannot_bind_a_port_twice(dgram_type type) {
    dgram_socket *probe = new_bound(type), *first, *second, *other;
    uint16_t port = port_of(probe);

    dgram_close(probe);
    run_to_end();
    workers_open(2);
    first =
        worker_bound(&workers.worker[0], loopback(type), port, &recorders[0]);
    second = worker_socket(&workers.worker[0], type, &recorders[1]);
    error_of(second, &recorders[1], loopback(type), port);
    assert_int_equal(recorders[1].error, UV_EADDRINUSE);
    /* Another worker shares the port. */
    other =
        worker_bound(&workers.worker[1], loopback(type), port, &recorders[2]);
    /* A failed bind does not count: after the close the next is the first. */
    dgram_close(first);
    assert_int_equal(dgram_bind(second, loopback(type), port), 0);
    workers_run_until(&recorders[1].listening, 1);
    assert_int_equal(port_of(second), port);
    dgram_close(second);
    dgram_close(other);
    workers_end();
}
BOTH(a_worker_cannot_bind_a_port_twice)

static void queued_sends_fail_with_the_bind(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    dgram_address taken = peer_address(peer);
    struct sent sent = {0};
    dgram_socket *socket;

    (void)state;
    workers_open(1);
    socket = worker_socket(&workers.worker[0], DGRAM_UDP4, &recorders[0]);
    assert_int_equal(
        dgram_bind(socket, "127.0.0.1", dgram_address_port(&taken)), 0);
    assert_int_equal(dgram_send(socket, "x", 1, &taken, note_sent, &sent), 0);
    workers_run_until(&sent.calls, 1);
    assert_int_equal(sent.status, UV_EADDRINUSE);
    dgram_close(socket);
    workers_end();
    peer_expect_nothing(peer);
    peer_close(peer);
}

static void sends_and_connects_wait_for_the_answer(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    struct sent sent = {0};
    dgram_socket *socket;

    workers_open(1);
    socket = worker_socket(&workers.worker[0], type, &recorders[0]);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    assert_int_equal(dgram_send(socket, "a", 1, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_connect(socket, loopback(type),
                                   dgram_address_port(&there), NULL, NULL),
                     0);
    workers_run_until(&recorders[0].connected, 1);
    workers_run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 1);
    assert_string_equal(recorders[0].log, "lc");
    peer_expect(peer, "a");
    dgram_close(socket);
    workers_end();
    peer_close(peer);
}
BOTH(sends_and_connects_wait_for_the_answer)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(a_taken_port_is_an_error),
        IN_LOOP(other_errors_reach_the_worker),
        IN_LOOP_BOTH(a_worker_cannot_bind_a_port_twice),
        IN_LOOP(queued_sends_fail_with_the_bind),
        IN_LOOP_BOTH(sends_and_connects_wait_for_the_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
