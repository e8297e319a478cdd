/* A longjmp(), like an exception, leaves a callback and uv_run(). When the loop
   runs again it continues behind that callback: each event, send and request is
   reported once, and no memory is leaked. */
#include "leaving.h"
#include "peer.h"

static void every_listening(void **state) {
    dgram_listener listeners[3];
    dgram_socket *sockets[3];

    (void)state;
    leaving.times = 2;
    for (int i = 0; i < 3; i++) {
        sockets[i] = new_leaving(&listeners[i]);
        if (i == 0)
            assert_int_equal(dgram_bind(sockets[i], "127.0.0.1", 0), 0);
        else
            assert_int_equal(dgram_bind_sync(sockets[i], "127.0.0.1", 0), 0);
    }
    assert_int_equal(run_again(&leaving.calls[LISTENING], 3), 2);
    for (int i = 0; i < 3; i++)
        dgram_close(sockets[i]);
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[LISTENING], 3);
}

static void every_sent(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address to = loopback_of(socket);

    (void)state;
    for (int i = 0; i < 30; i++)
        assert_int_equal(dgram_send(socket, "x", 1, &to, leave_sent, NULL), 0);
    leaving.times = 30;
    assert_int_equal(run_again(&leaving.calls[SENT], 30), 30);
    dgram_close(socket);
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[SENT], 30);
}

static void every_error(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_leaving(&listener);

    (void)state;
    fail_sends(socket, 10);
    run_again(&leaving.calls[LISTENING], 1);
    leaving.times = 10;
    run_again(&leaving.calls[ERROR], 10);
    dgram_close(socket);
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[ERROR], 10);
}

static void on_unhandled(dgram_socket *socket, const dgram_error *error,
                         void *data) {
    (void)socket;
    (void)error;
    (void)data;
    leave(HOOK);
}

static void every_hook(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    assert_int_equal(dgram_on_unhandled_error(&test_loop, on_unhandled, NULL),
                     0);
    fail_sends(socket, 10);
    leaving.times = 10;
    run_again(&leaving.calls[HOOK], 10);
    assert_int_equal(leaving.calls[HOOK], 10);
    dgram_close(socket);
    run_again(NULL, 0);
}

/* libuv stops polling after an error of the kernel. The socket still
   receives. */
static void an_error_of_the_peer(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    dgram_address there = peer_address(peer);
    dgram_listener listener;
    dgram_socket *socket = new_leaving(&listener);

    (void)state;
    peer_close(peer);
    assert_int_equal(
        dgram_connect_sync(socket, "127.0.0.1", dgram_address_port(&there)), 0);
    run_again(&leaving.calls[CONNECT], 1);
    assert_int_equal(dgram_send(socket, "?", 1, NULL, NULL, NULL), 0);
    leaving.times = 1;
    assert_int_equal(run_again(&leaving.calls[ERROR], 1), 1);
    assert_int_equal(dgram_send(socket, "?", 1, NULL, NULL, NULL), 0);
    run_again(&leaving.calls[ERROR], 2);
    dgram_close(socket);
    run_again(NULL, 0);
}

/* What the listener has not seen waits in the kernel. */
static void every_path_error(void **state) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .path_errors = true};
    int peer = peer_open(DGRAM_UDP4);
    dgram_address there = peer_address(peer);
    dgram_listener listener;
    dgram_socket *socket;

    (void)state;
    peer_close(peer);
    if (dgram_create_with(&test_loop, &options, &socket) == UV_ENOTSUP)
        skip();
    dgram_on(socket, &listener, &all_events, NULL);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    run_again(&leaving.calls[LISTENING], 1);
    leaving.times = 10;
    /* Of increasing size: a GSO message would cause one error. */
    for (size_t i = 1; i <= 10; i++)
        assert_int_equal(
            dgram_send(socket, "??????????", i, &there, NULL, NULL), 0);
    assert_int_equal(run_again(&leaving.calls[PATH_ERROR], 10), 10);
    dgram_close(socket);
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[PATH_ERROR], 10);
}

/* The callback that empties the queue is left, too. */
static void every_drain(void **state) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .send_queue_size_max = 300};
    dgram_address to = address_of("127.0.0.1", 9);
    dgram_listener listeners[2];
    dgram_socket *socket = new_socket_with(&options);

    (void)state;
    dgram_on(socket, &listeners[0], &all_events, NULL);
    dgram_on(socket, &listeners[1], &all_events, NULL);
    for (int i = 1; i <= 5; i++) {
        assert_int_equal(dgram_send(socket, "x", 1, &to, leave_sent, NULL), 0);
        leaving.times = 100;
        run_again(&leaving.calls[DRAIN], i);
        assert_int_equal(leaving.calls[SENT], i);
    }
    dgram_close(socket);
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[DRAIN], 5); /* of the first listener */
}

static void every_connect(void **state) {
    dgram_listener listener;
    dgram_socket *socket = new_leaving(&listener);

    (void)state;
    assert_int_equal(
        dgram_connect(socket, "127.0.0.1", 9, leave_connected, NULL), 0);
    leaving.times = 3; /* `listening`, `connect`, the callback */
    assert_int_equal(run_again(&leaving.calls[CONNECTED], 1), 3);
    assert_int_equal(leaving.calls[CONNECT], 1);
    assert_int_equal(dgram_disconnect(socket), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 9), 0);
        assert_int_equal(dgram_disconnect(socket), 0);
    }
    leaving.times = 3;
    assert_int_equal(run_again(&leaving.calls[CONNECT], 4), 3);
    dgram_close(socket);
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[CONNECT], 4);
    assert_int_equal(leaving.calls[CONNECTED], 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEAVING(every_listening),      LEAVING(every_sent),
        LEAVING(every_error),          LEAVING(every_hook),
        LEAVING(an_error_of_the_peer), LEAVING(every_path_error),
        LEAVING(every_connect),        LEAVING(every_drain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
