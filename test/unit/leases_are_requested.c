/* A bind in a worker is requested from the primary: with its number, address,
   index and options. */
#include "lease_worker.h"

#include <unistd.h>

static void binds_of_an_address_are_numbered(void **state) {
    struct recorder others[3];
    dgram_socket *other = request_bind(&others[0], "127.0.0.1", 9), *next;

    (void)state;
    expect_bind(3, 9, 0);
    grant(1);
    grant(2);
    grant(3);
    dgram_close(worker.socket[1]);
    iterate();
    expect_close(2, 0);
    next = request_bind(&others[1], "127.0.0.1", 0); /* the count goes on */
    expect_bind(4, 0, 2);
    grant(4);
    close_both(worker.socket[0], next);
    expect_close(1, 0);
    expect_close(4, 0);
    next = request_bind(&others[2], "127.0.0.1", 0); /* the count begins at 0 */
    expect_bind(5, 0, 0);
    close_both(next, other);
    expect_close(3, 0);
    answer(5, UV_EPERM, -1);
    expect_no_message();
}

/* Although its answer has not arrived. */
static void a_closed_bind_has_no_number(void **state) {
    struct recorder another;
    dgram_socket *socket;

    (void)state;
    dgram_close(worker.socket[0]);
    iterate();
    socket = request_bind(&another, "127.0.0.1", 0);
    expect_bind(2, 0, 0);
    answer(1, UV_EPERM, -1);
    answer(2, UV_EPERM, -1);
    assert_int_equal(another.error, UV_EPERM);
    close_both(socket, NULL);
    expect_no_message();
}

static void options_are_requested(void **state) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP6, .ipv6_only = true};
    struct protocol_message message;
    dgram_socket *one = new_socket_with(&options), *other;

    (void)state;
    options.ipv6_only = false;
    options.reuse_address = true;
    other = new_socket_with(&options);
    assert_int_equal(dgram_bind(one, NULL, 7), 0);
    assert_int_equal(dgram_bind(other, NULL, 7), 0);
    iterate();
    assert_true(read_message(&message));
    assert_int_equal(message.flags, PROTOCOL_IPV6_ONLY);
    assert_int_equal(message.address.any.sa_family, AF_INET6);
    assert_true(read_message(&message));
    assert_int_equal(message.flags, PROTOCOL_REUSE_ADDRESS);
    assert_int_equal(worker.loop->pending_answers, 2);
    close_both(one, other);
}

static void a_request_can_fail(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    (void)state;
    record_events(&worker.recorder[0], socket);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    memory.until_failure = 0;
    iterate();
    assert_int_equal(worker.recorder[0].error, UV_ENOMEM);
    close(worker.primary);
    worker.primary = -1;
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    iterate();
    assert_int_equal(worker.recorder[0].error, UV_EPIPE);
    leases_lose_primary(&worker.leases);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    iterate();
    assert_int_equal(worker.recorder[0].errors, 3);
    assert_int_equal(worker.loop->pending_answers, 0);
    close_both(socket, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_BINDS(binds_of_an_address_are_numbered, 2, 0),
        WITH_BINDS(a_closed_bind_has_no_number, 1, 0),
        WITH_BINDS(options_are_requested, 0, 0),
        WITH_BINDS(a_request_can_fail, 0, 0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
