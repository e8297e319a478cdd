/* A failure is reported to the callback, else to the listeners, else to the
   hook of the loop. In each case it is kept and counted. */
#include "peer.h"

static const char too_long[70000];

static void fail_later(dgram_socket *socket, dgram_send_cb cb, void *data) {
    dgram_address there = address_of(loopback(dgram_get_type(socket)), 4321);

    assert_int_equal(
        dgram_send(socket, too_long, sizeof too_long, &there, cb, data), 0);
}

struct hook {
    int calls, code;
    dgram_socket *socket;
    char text[128];
};

static void note_unhandled(dgram_socket *socket, const dgram_error *error,
                           void *data) {
    struct hook *hook = data;

    hook->calls++;
    hook->code = error->code;
    hook->socket = socket;
    dgram_error_format(error, hook->text, sizeof hook->text);
}

static void callback_first_then_listener_then_hook(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    struct sent sent = {0};
    struct hook hook = {0};
    struct recorder recorder;
    char expected[128];

    assert_int_equal(
        dgram_on_unhandled_error(&test_loop, note_unhandled, &hook), 0);
    record_events(&recorder, socket);
    fail_later(socket, note_sent, &sent);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, UV_EMSGSIZE);
    assert_int_equal(recorder.errors + hook.calls, 0);

    fail_later(socket, NULL, NULL);
    run_until(&recorder.errors, 1);
    assert_int_equal(hook.calls, 0);
    assert_int_equal(dgram_get_unhandled_error_count(socket), 0);

    dgram_off(socket, &recorder.listener);
    fail_later(socket, NULL, NULL);
    fail_later(socket, NULL, NULL);
    run_until(&hook.calls, 2);
    assert_int_equal(hook.code, UV_EMSGSIZE);
    assert_ptr_equal(hook.socket, socket);
    snprintf(expected, sizeof expected, "send EMSGSIZE %s:4321",
             loopback(type));
    assert_string_equal(hook.text, expected);
    assert_int_equal(dgram_get_unhandled_error_count(socket), 2);

    assert_int_equal(dgram_on_unhandled_error(&test_loop, NULL, NULL), 0);
    fail_later(socket, NULL, NULL);
    run_for(1);
    assert_int_equal(hook.calls, 2);
    assert_int_equal(dgram_get_unhandled_error_count(socket), 3);
    assert_int_equal(dgram_last_error(socket)->code, UV_EMSGSIZE);
    dgram_close(socket);
    run_to_end();
}
BOTH(callback_first_then_listener_then_hook)

static void a_new_hook_replaces_the_old(dgram_type type) {
    struct hook first = {0}, second = {0};
    dgram_socket *socket;

    /* Set before there is a socket. */
    assert_int_equal(
        dgram_on_unhandled_error(&test_loop, note_unhandled, &first), 0);
    assert_int_equal(
        dgram_on_unhandled_error(&test_loop, note_unhandled, &second), 0);
    socket = new_bound(type);
    fail_later(socket, NULL, NULL);
    run_until(&second.calls, 1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(first.calls, 0);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, NULL, NULL), 0);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, NULL, NULL), 0);
}
BOTH(a_new_hook_replaces_the_old)

static void a_bind_without_listener(dgram_type type) {
    int peer = peer_open(type);
    dgram_address taken = peer_address(peer);
    struct hook hook = {0};
    dgram_socket *socket = new_socket(type);

    assert_int_equal(
        dgram_on_unhandled_error(&test_loop, note_unhandled, &hook), 0);
    assert_int_equal(
        dgram_bind(socket, loopback(type), dgram_address_port(&taken)), 0);
    run_until(&hook.calls, 1);
    assert_int_equal(hook.code, UV_EADDRINUSE);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, NULL, NULL), 0);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(a_bind_without_listener)

/* Misuse is returned to the caller and reported to nobody else. */
static void misuse_is_not_emitted(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    const dgram_error *error;
    struct recorder recorder;
    char text[128];

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_ALREADY_BOUND);
    assert_int_equal(dgram_send(socket, "x", 1, NULL, NULL, NULL),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    error = dgram_last_error(socket);
    assert_int_equal(error->code, DGRAM_ERR_SOCKET_BAD_PORT);
    assert_string_equal(error->syscall, "");
    assert_string_equal(error->address, "");
    assert_int_equal(error->port, 0);
    dgram_error_format(error, text, sizeof text);
    assert_non_null(strstr(text, "ERR_SOCKET_BAD_PORT"));
    run_for(2);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
    assert_int_equal(recorder.errors, 0);
}
BOTH(misuse_is_not_emitted)

/* dgram_last_error() is the latest failure, also inside the callback. */
static void see_own_error(dgram_socket *socket, int status, void *data) {
    uint16_t port = *(const uint16_t *)data;

    assert_int_equal(status, UV_EMSGSIZE);
    assert_int_equal(dgram_last_error(socket)->code, UV_EMSGSIZE);
    assert_int_equal(dgram_last_error(socket)->port, port);
    assert_string_equal(dgram_last_error(socket)->syscall, "send");
    assert_string_equal(dgram_last_error(socket)->address,
                        loopback(dgram_get_type(socket)));
}

static void each_callback_gets_its_own_error(dgram_type type) {
    static const uint16_t ports[] = {1001, 1002, 1003, 1004};
    dgram_socket *socket = new_bound(type);

    for (int i = 0; i < 4; i++) {
        dgram_address there = address_of(loopback(type), ports[i]);

        assert_int_equal(dgram_send(socket, too_long, sizeof too_long, &there,
                                    see_own_error,
                                    (void *)(uintptr_t)&ports[i]),
                         0);
    }
    run_for(1);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(each_callback_gets_its_own_error)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(callback_first_then_listener_then_hook),
        IN_LOOP_BOTH(a_new_hook_replaces_the_old),
        IN_LOOP_BOTH(a_bind_without_listener),
        IN_LOOP_BOTH(misuse_is_not_emitted),
        IN_LOOP_BOTH(each_callback_gets_its_own_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
