/* A socket has one peer at a time. Calls that do not fit its state fail and
   change nothing. */
#include "peer.h"
#include "resolver.h"

static void refuse_every_connect(dgram_socket *socket, int code) {
    struct sent never = {0};

    assert_int_equal(dgram_connect(socket, NULL, 9, note_sent, &never), code);
    assert_int_equal(dgram_connect_sync(socket, NULL, 9), code);
    assert_int_equal(dgram_last_error(socket)->code, code);
    run_for(2);
    assert_int_equal(never.calls, 0);
}

static void while_connecting_and_after(dgram_type type) {
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent connected = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_connect(socket, "some.name", 9, note_sent, &connected), 0);
    run_until(&resolver.asked, 1);
    refuse_every_connect(socket, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    assert_int_equal(dgram_disconnect(socket),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    resolver_answer(&resolver);
    run_until(&connected.calls, 1);
    refuse_every_connect(socket, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(connected.calls, 1);
    assert_string_equal(recorder.log, "lcx");
}
BOTH(while_connecting_and_after)

static void port_0_is_refused_first(dgram_type type) {
    dgram_socket *socket = new_socket(type);

    assert_int_equal(dgram_connect(socket, NULL, 0, NULL, NULL),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    assert_int_equal(dgram_connect_sync(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    assert_int_equal(dgram_connect_sync(socket, NULL, 9), 0);
    assert_int_equal(dgram_connect(socket, NULL, 0, NULL, NULL),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    dgram_close(socket);
    run_to_end();
}
BOTH(port_0_is_refused_first)

static void names_are_refused_synchronously(dgram_type type) {
    dgram_socket *socket = new_socket(type);

    assert_int_equal(dgram_connect_sync(socket, "localhost", 9),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_connect_sync(socket, "127.1", 9),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    assert_int_equal(dgram_connect_sync(socket, loopback(type), 9), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(names_are_refused_synchronously)

static void after_close(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address address;

    assert_int_equal(dgram_connect_sync(socket, NULL, 9), 0);
    dgram_close(socket);
    assert_int_equal(dgram_connect(socket, NULL, 9, NULL, NULL),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_connect_sync(socket, NULL, 9),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_get_remote_address(socket, &address),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    run_to_end();
}
BOTH(after_close)

static void while_an_explicit_bind_is_under_way(dgram_type type) {
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent connected = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    run_until(&resolver.asked, 1);
    assert_int_equal(
        dgram_connect(socket, loopback(type), 9, note_sent, &connected), 0);
    run_for(5);
    assert_int_equal(connected.calls, 0);
    resolver_answer(&resolver);
    run_until(&connected.calls, 1);
    assert_int_equal(connected.status, 0);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lcx");
}
BOTH(while_an_explicit_bind_is_under_way)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(while_connecting_and_after),
        IN_LOOP_BOTH(port_0_is_refused_first),
        IN_LOOP_BOTH(names_are_refused_synchronously),
        IN_LOOP_BOTH(after_close),
        IN_LOOP_BOTH(while_an_explicit_bind_is_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
