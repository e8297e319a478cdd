/* Nothing that arrives at a stopped socket wakes the loop up: datagrams, ICMP
   errors, a shutdown(). */
#include <unistd.h>

#include <dgram.h>

#include "peer.h"

#define IDLE 20 /* iterations in which nothing happens */

static void close_and_end(dgram_socket *socket) {
    dgram_close(socket);
    run_to_end();
}

/* Most are dropped. */
static void flood(int peer, const dgram_address *to) {
    static const char payload[1000];

    for (int i = 0; i < 1000; i++)
        peer_send(peer, payload, sizeof payload, to);
}

static void while_its_buffer_is_full(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    run_until(&recorder.listening, 1);
    assert_int_equal(dgram_receive_stop(socket), 0);
    flood(peer, &here);
    expect_rest(IDLE);
    assert_int_equal(recorder.messages, 0);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_until(&recorder.messages, 10);
    peer_close(peer);
    close_and_end(socket);
}
BOTH(while_its_buffer_is_full)

static void on_a_shared_descriptor(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_receive_stop(socket), 0);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    peer_send_text(peer, "for others", &here);
    run_until(&recorder.listening, 1);
    expect_rest(IDLE);
    peer_close(peer);
    close_and_end(socket);
    assert_string_equal(recorder.log, "lx");
}
BOTH(on_a_shared_descriptor)

/* The error waits for the next send, or for the start. */
static void with_a_pending_error(dgram_type type) {
    dgram_address nobody = peer_closed_port(type);
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;
    struct sent sent = {0};

    record_events(&recorder, socket);
    assert_int_equal(dgram_receive_stop(socket), 0);
    assert_int_equal(
        dgram_connect_sync(socket, loopback(type), dgram_address_port(&nobody)),
        0);
    run_until(&recorder.connected, 1);
    assert_int_equal(dgram_send(socket, "?", 1, NULL, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    expect_rest(IDLE);
    assert_int_equal(recorder.errors, 0);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_ECONNREFUSED);
    close_and_end(socket);
}
BOTH(with_a_pending_error)

static dgram_socket *new_with_path_errors(dgram_type type,
                                          struct recorder *recorder) {
    const dgram_options options = {
        .size = sizeof options, .type = type, .path_errors = true};
    dgram_socket *socket;

    if (dgram_create_with(&test_loop, &options, &socket) == UV_ENOTSUP)
        skip();
    record_events(recorder, socket);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    run_until(&recorder->listening, 1);
    assert_int_equal(dgram_receive_stop(socket), 0);
    return socket;
}

/* Path errors are emitted, and then it is quiet. */
static void with_path_errors(dgram_type type) {
    struct recorder recorder;
    dgram_socket *socket = new_with_path_errors(type, &recorder);
    dgram_address nobody = peer_closed_port(type);
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type);

    for (int i = 1; i <= 5; i++) {
        assert_int_equal(dgram_send(socket, "?", 1, &nobody, NULL, NULL), 0);
        peer_send_text(peer, "waits", &here);
        run_until(&recorder.path_errors, i);
    }
    expect_rest(IDLE);
    assert_int_equal(recorder.messages, 0);
    peer_close(peer);
    close_and_end(socket);
}
BOTH(with_path_errors)

/* The kernel has no space to queue the error, and leaves a pending one. */
static void with_path_errors_and_a_full_buffer(dgram_type type) {
    struct recorder recorder;
    dgram_socket *socket = new_with_path_errors(type, &recorder);
    dgram_address nobody = peer_closed_port(type);
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type);
    struct sent sent = {0};

    flood(peer, &here);
    for (int i = 1; i <= 5; i++) {
        assert_int_equal(dgram_send(socket, "?", 1, &nobody, note_sent, &sent),
                         0);
        run_until(&sent.calls, i);
        assert_int_equal(sent.status, 1);
        expect_rest(IDLE);
    }
    assert_int_equal(recorder.messages, 0);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_until(&recorder.messages, 10);
    peer_close(peer);
    close_and_end(socket);
}
BOTH(with_path_errors_and_a_full_buffer)

/* The program learns of it when it starts to receive. */
static void after_shutdown(dgram_type type, bool path_errors) {
    struct recorder recorder;
    dgram_socket *socket =
        path_errors ? new_with_path_errors(type, &recorder) : new_bound(type);

    if (!path_errors)
        record_events(&recorder, socket);
    assert_int_equal(dgram_receive_stop(socket), 0);
    /* On an unconnected socket it returns ENOTCONN and works nevertheless. */
    (void)shutdown(dgram_fileno(socket), SHUT_RDWR);
    run_for(5);
    expect_rest(IDLE);
    assert_int_equal(recorder.errors, 0);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EOF);
    assert_int_equal(dgram_receive_stop(socket), 0);
    assert_int_equal(dgram_receive_start(socket), 0);
    expect_rest(IDLE);
    assert_int_equal(recorder.errors, 1);
    close_and_end(socket);
}

static void after_a_shutdown(dgram_type type) {
    after_shutdown(type, false);
}
BOTH(after_a_shutdown)

static void after_a_shutdown_with_path_errors(dgram_type type) {
    after_shutdown(type, true);
}
BOTH(after_a_shutdown_with_path_errors)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(while_its_buffer_is_full),
        IN_LOOP_BOTH(on_a_shared_descriptor),
        IN_LOOP_BOTH(with_a_pending_error),
        IN_LOOP_BOTH(with_path_errors),
        IN_LOOP_BOTH(with_path_errors_and_a_full_buffer),
        IN_LOOP_BOTH(after_a_shutdown),
        IN_LOOP_BOTH(after_a_shutdown_with_path_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
