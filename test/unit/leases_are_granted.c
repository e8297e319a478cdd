/* The answer of the primary binds the socket or fails its bind. A descriptor
   that the worker cannot use is closed and returned to the primary. */
#include "lease_worker.h"

#include <unistd.h>

#include "os/fdpass.h"
#include "socket/socket.h"
#include "os/platform.h"

static int standard_input; /* a duplicate, while 0 is free */

/* The next descriptor is 0, until free_zero(). */
static void use_zero(void) {
    standard_input = dup(0);
    assert_true(standard_input > 0);
    close(0);
}

/* Returns whether 0 was closed. */
static bool free_zero(void) {
    bool was_free = !pass_is_inherited(0) && close(0) < 0;

    assert_int_equal(dup2(standard_input, 0), 0);
    close(standard_input);
    return was_free;
}

/* Grants the bind with a descriptor that becomes 0, and returns its port. */
static uint16_t grant_as_zero(uint64_t id) {
    int fd = new_descriptor();
    dgram_address address;

    assert_true(platform->local_address(fd, &address) >= 0);
    use_zero();
    answer(id, 0, fd);
    close(fd);
    return dgram_address_port(&address);
}

static void a_descriptor_binds_the_socket(void **state) {
    uint16_t port;

    (void)state;
    assert_int_equal(worker.loop->pending_answers, 1);
    port = grant(1);
    assert_int_equal(worker.loop->pending_answers, 0);
    assert_string_equal(worker.recorder[0].log, "l");
    assert_int_equal(port_of(worker.socket[0]), port);
    assert_false(is_free(port));
    assert_false(worker.socket[0]->receive.paused);
    expect_no_message();
    close_both(worker.socket[0], NULL);
    assert_true(is_free(port));
    expect_close(1, 0);
    expect_no_message();
}

static void zero_is_a_descriptor(void **state) {
    uint16_t port = grant_as_zero(1);
    dgram_socket *socket;

    (void)state;
    assert_int_equal(dgram_fileno(worker.socket[0]), 0);
    assert_int_equal(port_of(worker.socket[0]), port);
    close_both(worker.socket[0], NULL);
    assert_true(free_zero());
    socket = request_bind(&worker.recorder[0], "127.0.0.1", 0);
    dgram_close(socket);
    iterate();
    grant_as_zero(2);
    assert_true(free_zero());
    assert_int_equal(worker.ended, 0);
    grant_as_zero(3);
    assert_true(free_zero());
    assert_int_equal(worker.ended, 1);
}

/* Binding and closing does not use up memory. */
static void a_closed_lease_is_freed(void **state) {
    int blocks[2];

    (void)state;
    for (uint64_t i = 0; i < 2; i++) {
        dgram_socket *socket =
            request_bind(&worker.recorder[0], "127.0.0.1", 0);

        grant(i + 1);
        close_both(socket, NULL);
        blocks[i] = memory.blocks;
    }
    assert_int_equal(blocks[0], blocks[1]);
}

static void a_refusal_is_the_error_of_the_bind(void **state) {
    uint16_t port;

    (void)state;
    answer(1, UV_EADDRINUSE, -1);
    assert_int_equal(worker.recorder[0].error, UV_EADDRINUSE);
    assert_int_equal(worker.loop->pending_answers, 0);
    assert_int_equal(dgram_bind(worker.socket[0], "127.0.0.1", 0), 0);
    iterate();
    expect_bind(2, 0, 0);
    port = grant(2);
    assert_int_equal(port_of(worker.socket[0]), port);
    close_both(worker.socket[0], NULL);
    expect_close(2, 0);
}

/* The worker cannot use the descriptor; a replacement may. */
static void a_lost_descriptor_is_kept_for_the_next(void **state) {
    uint16_t port;

    (void)state;
    answer(1, 0, -1); /* the descriptor was lost */
    assert_int_equal(worker.recorder[0].error, UV_EMFILE);
    expect_close(1, PROTOCOL_KEEP);
    assert_int_equal(dgram_bind(worker.socket[0], "127.0.0.1", 0), 0);
    iterate();
    expect_bind(2, 0, 0);
    memory.until_failure = 0;
    port = grant(2);
    assert_int_equal(worker.recorder[0].error, UV_ENOMEM);
    assert_true(is_free(port));
    expect_close(2, PROTOCOL_KEEP);
    assert_int_equal(worker.loop->pending_answers, 0);
    close_both(worker.socket[0], NULL);
    expect_no_message();
}

static void an_answer_finds_a_closed_socket(void **state) {
    uint16_t port;
    int fd = new_descriptor();

    (void)state;
    close_both(worker.socket[0], worker.socket[1]);
    expect_no_message();
    assert_int_equal(worker.loop->pending_answers, 2);
    port = grant(1);
    assert_true(is_free(port));
    assert_int_equal(worker.loop->pending_answers, 1);
    expect_close(1, 0);
    answer(2, UV_EPERM, fd); /* an error with a descriptor */
    close(fd);
    assert_int_equal(worker.loop->pending_answers, 0);
    expect_no_message();
    assert_int_equal(worker.ended, 0);
}

static void a_second_answer_ends_the_connection(void **state) {
    uint16_t port;

    (void)state;
    assert_int_equal(worker.ended, 0);
    port = grant(1); /* a second time */
    assert_int_equal(worker.ended, 1);
    assert_true(is_free(port));
    close_both(worker.socket[0], NULL);
}

static void an_unknown_answer_ends_the_connection(void **state) {
    (void)state;
    answer(3, UV_EPERM, -1);
    assert_int_equal(worker.ended, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_BINDS(a_descriptor_binds_the_socket, 1, 0),
        WITH_BINDS(zero_is_a_descriptor, 1, 0),
        WITH_BINDS(a_closed_lease_is_freed, 0, 0),
        WITH_BINDS(a_refusal_is_the_error_of_the_bind, 1, 0),
        WITH_BINDS(a_lost_descriptor_is_kept_for_the_next, 1, 0),
        WITH_BINDS(an_answer_finds_a_closed_socket, 2, 0),
        WITH_BINDS(a_second_answer_ends_the_connection, 1, 1),
        WITH_BINDS(an_unknown_answer_ends_the_connection, 0, 0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
