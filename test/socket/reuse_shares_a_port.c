/* Which sockets may be bound to one address and port at the same time. */
#include "peer.h"

#include <errno.h>
#include <unistd.h>

#define COUNT 40

static int second_bind(dgram_type type, bool address_1, bool port_1,
                       bool address_2, bool port_2) {
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .reuse_address = address_1,
                             .reuse_port = port_1};
    dgram_socket *first = new_socket_with(&options), *second;
    int result;

    options.reuse_address = address_2;
    options.reuse_port = port_2;
    second = new_socket_with(&options);
    assert_int_equal(dgram_bind_sync(first, loopback(type), 0), 0);
    result = dgram_bind_sync(second, loopback(type), port_of(first));
    dgram_close(first);
    dgram_close(second);
    run_to_end();
    return result;
}

static void both_sockets_must_set_it(dgram_type type) {
    assert_int_equal(second_bind(type, 0, 0, 0, 0), UV_EADDRINUSE);
    assert_int_equal(second_bind(type, 1, 0, 0, 0), UV_EADDRINUSE);
    assert_int_equal(second_bind(type, 0, 0, 1, 0), UV_EADDRINUSE);
    assert_int_equal(second_bind(type, 0, 1, 0, 0), UV_EADDRINUSE);
    assert_int_equal(second_bind(type, 0, 0, 0, 1), UV_EADDRINUSE);
    assert_int_equal(second_bind(type, 1, 0, 0, 1), UV_EADDRINUSE);
    assert_int_equal(second_bind(type, 1, 0, 1, 0), 0);
    assert_int_equal(second_bind(type, 0, 1, 0, 1), 0);
}
BOTH(both_sockets_must_set_it)

static void exclusive_wins(dgram_type type) {
    dgram_socket *first = new_socket(type), *second = new_socket(type);
    dgram_bind_options options = {
        .size = sizeof options, .address = loopback(type), .exclusive = true};
    struct recorder recorders[2];

    record_events(&recorders[0], first);
    record_events(&recorders[1], second);
    assert_int_equal(dgram_bind_with(first, &options), 0);
    run_until(&recorders[0].listening, 1);
    options.port = port_of(first);
    assert_int_equal(dgram_bind_with(second, &options), 0);
    run_until(&recorders[1].errors, 1);
    assert_int_equal(recorders[1].error, UV_EADDRINUSE);
    dgram_close(first);
    dgram_close(second);
    run_to_end();
}
BOTH(exclusive_wins)

static int option_of(dgram_socket *socket, int name) {
    int value = -1;
    socklen_t length = sizeof value;

    assert_int_equal(
        getsockopt(dgram_fileno(socket), SOL_SOCKET, name, &value, &length), 0);
    return value != 0;
}

static void nothing_is_set_by_default(dgram_type type) {
    dgram_socket *socket = new_bound(type);

    assert_int_equal(option_of(socket, SO_REUSEADDR), 0);
    assert_int_equal(option_of(socket, SO_REUSEPORT), 0);
    assert_int_equal(option_of(socket, SO_BROADCAST), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(nothing_is_set_by_default)

static void reuse_port_shares_the_load(dgram_type type) {
    dgram_options options = {
        .size = sizeof options, .type = type, .reuse_port = true};
    dgram_socket *sockets[2] = {new_socket_with(&options),
                                new_socket_with(&options)};
    dgram_address here;
    struct recorder recorders[2];
    int received = 0;

    assert_int_equal(dgram_bind_sync(sockets[0], loopback(type), 0), 0);
    here = loopback_of(sockets[0]);
    assert_int_equal(
        dgram_bind_sync(sockets[1], loopback(type), dgram_address_port(&here)),
        0);
    record_events(&recorders[0], sockets[0]);
    record_events(&recorders[1], sockets[1]);
    for (int i = 0; i < COUNT; i++) {
        int peer = peer_open(type);

        peer_send_text(peer, "x", &here);
        peer_close(peer);
    }
    for (int turns = 0; turns < 1000 && received < COUNT; turns++) {
        run_for(1);
        received = recorders[0].messages + recorders[1].messages;
    }
    assert_int_equal(received, COUNT);
    /* By a hash of the sender's port, so both but once in 2^39 runs. */
    assert_true(recorders[0].messages > 0 && recorders[1].messages > 0);
    dgram_close(sockets[0]);
    dgram_close(sockets[1]);
    run_to_end();
}
BOTH(reuse_port_shares_the_load)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(both_sockets_must_set_it),
        IN_LOOP_BOTH(exclusive_wins),
        IN_LOOP_BOTH(nothing_is_set_by_default),
        IN_LOOP_BOTH(reuse_port_shares_the_load),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
