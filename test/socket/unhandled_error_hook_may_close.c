/* The hook for unhandled errors may close the socket, and others of its
   loop. */
#include "peer.h"

static const char too_long[70000];

struct hook {
    dgram_socket *other; /* closed, too; may be NULL */
    int calls;
};

static void close_it(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    struct hook *hook = data;

    assert_true(error->code < 0);
    hook->calls++;
    dgram_close(socket);
    if (hook->other != NULL)
        dgram_close(hook->other);
    hook->other = NULL;
}

/* Adds a listener for `close` alone, so that errors stay unhandled. */
static int closed;

static void count_close(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    closed++;
}

static const dgram_events close_only = {.size = sizeof close_only,
                                        .close = count_close};

static void on_a_failed_send(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address there = address_of(loopback(type), 9);
    struct hook hook = {.other = new_bound(type)};
    dgram_listener listeners[2];
    struct sent sent = {0};

    closed = 0;
    dgram_on(socket, &listeners[0], &close_only, NULL);
    dgram_on(hook.other, &listeners[1], &close_only, NULL);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, close_it, &hook), 0);
    for (int i = 0; i < 3; i++) {
        dgram_send(socket, too_long, sizeof too_long, &there, NULL, NULL);
        dgram_send(socket, "x", 1, &there, note_sent, &sent);
    }
    run_until(&closed, 2);
    run_for(1);
    assert_int_equal(hook.calls, 3);
    assert_int_equal(sent.calls, 3);
    assert_int_equal(sent.status, 1);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, NULL, NULL), 0);
    run_to_end();
    assert_int_equal(closed, 2);
}
BOTH(on_a_failed_send)

static void on_a_failed_bind(dgram_type type) {
    int peer = peer_open(type);
    dgram_address taken = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct hook hook = {0};
    dgram_listener listener;
    struct sent sent = {0};

    closed = 0;
    dgram_on(socket, &listener, &close_only, NULL);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, close_it, &hook), 0);
    assert_int_equal(
        dgram_bind(socket, loopback(type), dgram_address_port(&taken)), 0);
    assert_int_equal(dgram_send(socket, "x", 1, &taken, note_sent, &sent), 0);
    run_until(&closed, 1);
    assert_int_equal(hook.calls, 1);
    assert_int_equal(sent.calls, 1);
    assert_true(sent.status < 0);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, NULL, NULL), 0);
    run_to_end();
    peer_close(peer);
}
BOTH(on_a_failed_bind)

static void on_a_refused_datagram(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    struct hook hook = {0};
    dgram_listener listener;

    peer_close(peer);
    closed = 0;
    dgram_on(socket, &listener, &close_only, NULL);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, close_it, &hook), 0);
    assert_int_equal(
        dgram_connect_sync(socket, NULL, dgram_address_port(&there)), 0);
    assert_int_equal(dgram_send(socket, "?", 1, NULL, NULL, NULL), 0);
    run_until(&closed, 1);
    assert_int_equal(hook.calls, 1);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, NULL, NULL), 0);
    run_to_end();
}
BOTH(on_a_refused_datagram)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(on_a_failed_send),
        IN_LOOP_BOTH(on_a_failed_bind),
        IN_LOOP_BOTH(on_a_refused_datagram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
