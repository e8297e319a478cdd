/* A socket that is bound or being bound cannot be bound again. */
#include "peer.h"
#include "resolver.h"

static void refuse_every_bind(dgram_socket *socket) {
    const dgram_bind_options options = {.size = sizeof options, .fd = 1};

    assert_int_equal(dgram_bind(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_ALREADY_BOUND);
    assert_int_equal(dgram_bind_sync(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_ALREADY_BOUND);
    assert_int_equal(dgram_bind_with(socket, &options),
                     DGRAM_ERR_SOCKET_ALREADY_BOUND);
    assert_int_equal(dgram_last_error(socket)->code,
                     DGRAM_ERR_SOCKET_ALREADY_BOUND);
}

static void while_binding(dgram_type type) {
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    refuse_every_bind(socket);
    assert_int_equal(dgram_connect_sync(socket, loopback(type), 9),
                     DGRAM_ERR_SOCKET_ALREADY_BOUND);
    run_until(&resolver.asked, 1);
    refuse_every_bind(socket);
    resolver_answer(&resolver);
    run_until(&recorder.listening, 1);
    refuse_every_bind(socket);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
}
BOTH(while_binding)

static void while_binding_to_a_number(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    refuse_every_bind(socket);
    run_until(&recorder.listening, 1);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
}
BOTH(while_binding_to_a_number)

static void while_a_send_binds_it(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct sent sent = {0};

    assert_int_equal(dgram_send(socket, "x", 1, &there, note_sent, &sent), 0);
    refuse_every_bind(socket);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 1);
    refuse_every_bind(socket);
    peer_expect(peer, "x");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(while_a_send_binds_it)

static void after_close(dgram_type type) {
    const dgram_bind_options options = {.size = sizeof options, .fd = 1};
    dgram_socket *socket = new_bound(type);
    dgram_address address;

    dgram_close(socket);
    assert_int_equal(dgram_bind(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_bind_sync(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_bind_with(socket, &options),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_get_local_address(socket, &address),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    run_to_end();
}
BOTH(after_close)

static void wrong_sizes_are_refused(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    dgram_bind_options options = {.size = 3};

    assert_int_equal(dgram_bind_with(socket, &options),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    options.size = SIZE_MAX;
    assert_int_equal(dgram_bind_with(socket, &options),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    options.size = sizeof options;
    options.address = loopback(type);
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    run_for(1);
    assert_int_not_equal(port_of(socket), 0);
    dgram_close(socket);
}
BOTH(wrong_sizes_are_refused)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(while_binding),
        IN_LOOP_BOTH(while_binding_to_a_number),
        IN_LOOP_BOTH(while_a_send_binds_it),
        IN_LOOP_BOTH(after_close),
        IN_LOOP_BOTH(wrong_sizes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
