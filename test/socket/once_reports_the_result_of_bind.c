/* dgram_once() with {listening, error} reports how a bind ends, and nothing
   else. */
#include "peer.h"

struct outcome {
    dgram_listener listener;
    int listening, errors, code;
    int again; /* binds again within the error */
};

static void on_listening(dgram_socket *socket, void *data) {
    struct outcome *outcome = data;

    (void)socket;
    outcome->listening++;
}

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data);

static const dgram_events bind_callback = {
    .size = sizeof bind_callback, .listening = on_listening, .error = on_error};

static void on_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct outcome *outcome = data;

    outcome->errors++;
    outcome->code = error->code;
    if (outcome->again-- > 0) {
        dgram_once(socket, &outcome->listener, &bind_callback, outcome);
        assert_int_equal(
            dgram_bind(socket, loopback(dgram_get_type(socket)), 0), 0);
    }
}

static void success(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    struct outcome outcome = {0};
    struct recorder recorder;

    dgram_once(socket, &outcome.listener, &bind_callback, &outcome);
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    run_until(&outcome.listening, 1);
    assert_int_equal(dgram_send_to(socket, NULL, 0, NULL, 9, NULL, NULL), 0);
    run_for(1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(outcome.listening, 1);
    assert_int_equal(outcome.errors, 0);
}
BOTH(success)

static const char too_long[70000];

static void failure_then_success(dgram_type type) {
    int peer = peer_open(type);
    dgram_address taken = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct outcome outcome = {.again = 1};

    dgram_once(socket, &outcome.listener, &bind_callback, &outcome);
    assert_int_equal(
        dgram_bind(socket, loopback(type), dgram_address_port(&taken)), 0);
    run_until(&outcome.listening, 1);
    assert_int_equal(outcome.errors, 1);
    assert_int_equal(outcome.code, UV_EADDRINUSE);
    assert_int_equal(dgram_get_unhandled_error_count(socket), 0);

    /* It is removed: nobody gets the next failure. */
    assert_int_equal(
        dgram_send_to(socket, too_long, sizeof too_long, NULL, 9, NULL, NULL),
        0);
    run_for(1);
    assert_int_equal(dgram_get_unhandled_error_count(socket), 1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(outcome.errors, 1);
    peer_close(peer);
}
BOTH(failure_then_success)

static void removed_before_the_bind(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    struct outcome outcome = {0};
    struct recorder recorder;

    dgram_once(socket, &outcome.listener, &bind_callback, &outcome);
    dgram_off(socket, &outcome.listener);
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    run_until(&recorder.listening, 1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(outcome.listening, 0);
}
BOTH(removed_before_the_bind)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(success),
        IN_LOOP_BOTH(failure_then_success),
        IN_LOOP_BOTH(removed_before_the_bind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
