/* How leases end: the worker is asked to end, the primary is gone, a close
   cannot be sent, or the worker leaves. */
#include "lease_worker.h"

#include <unistd.h>

#include "os/fdpass.h"
#include "socket/socket.h"

static void draining_pauses_and_closes(void **state) {
    const dgram_address nobody = address_of("127.0.0.1", 9);
    dgram_socket *bound = worker.socket[0], *waiting = worker.socket[1],
                 *gone = worker.socket[2];
    uint16_t port;

    (void)state;
    dgram_close(gone);
    iterate();
    assert_false(leases_are_draining(&worker.leases));
    assert_int_equal(leases_drain(&worker.leases, false), 2);
    assert_true(leases_are_draining(&worker.leases));
    assert_true(bound->receive.paused);
    assert_false(waiting->receive.paused);
    assert_int_equal(dgram_send(bound, "x", 1, &nobody, NULL, NULL), 0);
    assert_int_equal(leases_drain(&worker.leases, true), 2); /* a send waits */
    iterate();
    assert_int_equal(worker.recorder[0].closed, 0);
    assert_int_equal(leases_drain(&worker.leases, true), 1);
    iterate();
    assert_int_equal(worker.recorder[0].closed, 1);
    port = grant(2);
    assert_true(waiting->receive.paused);
    assert_int_equal(port_of(waiting), port);
    grant(3);
    expect_close(1, PROTOCOL_KEEP);
    expect_close(3, PROTOCOL_KEEP);
    assert_int_equal(leases_drain(&worker.leases, true), 0);
    iterate();
    assert_int_equal(worker.recorder[1].closed, 1);
    expect_close(2, PROTOCOL_KEEP);
    assert_int_equal(leases_drain(&worker.leases, true), 0);
}

static void pending_binds_fail_without_a_primary(void **state) {
    dgram_socket *bound = worker.socket[0], *waiting = worker.socket[1],
                 *gone = worker.socket[2];

    (void)state;
    dgram_close(gone);
    iterate();
    assert_int_equal(worker.loop->pending_answers, 2);
    assert_false(leases_have_lost_primary(&worker.leases));
    leases_lose_primary(&worker.leases);
    assert_true(leases_have_lost_primary(&worker.leases));
    while (leases_fail_next(&worker.leases))
        continue;
    assert_int_equal(worker.loop->pending_answers, 0);
    assert_int_equal(worker.recorder[0].errors, 0);
    assert_int_equal(worker.recorder[1].errors, 1);
    assert_int_equal(worker.recorder[1].error, UV_EPIPE);
    assert_non_null(strstr(worker.recorder[1].error_text, "127.0.0.1"));
    assert_int_equal(leases_drain(&worker.leases, false),
                     1); /* it is still open */
    assert_true(bound->receive.paused);
    close_both(bound, waiting); /* no message is sent */
    expect_no_message();
    assert_int_equal(worker.ended, 0);
}

/* So the primary learns of it. */
static void a_close_that_cannot_be_sent_ends_the_connection(void **state) {
    (void)state;
    close(worker.primary);
    worker.primary = -1;
    dgram_close(worker.socket[0]);
    iterate();
    assert_int_equal(worker.ended, 1);
}

static void a_close_without_memory_ends_the_connection(void **state) {
    static const char much[4096];

    (void)state;
    while (pass_send(worker.channel.fd, much, sizeof much, -1) > 0)
        ; /* until the kernel takes no more */
    memory.until_failure = 0;
    dgram_close(worker.socket[0]);
    iterate();
    assert_int_equal(memory.failures, 1);
    assert_int_equal(worker.ended, 1);
}

static void sockets_outlive_their_leases(void **state) {
    (void)state;
    leases_free(&worker.leases);
    assert_int_equal(worker.loop->pending_answers, 0);
    for (int i = 0; i < 2; i++)
        assert_null(worker.socket[i]->bind.lease);
    assert_true(worker.socket[0]->bind.shared);
    assert_false(worker.socket[1]->bind.shared); /* it has no descriptor */
    close_both(worker.socket[0], worker.socket[1]);
    for (int i = 0; i < 2; i++)
        assert_int_equal(worker.recorder[i].closed, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_BINDS(draining_pauses_and_closes, 3, 1),
        WITH_BINDS(pending_binds_fail_without_a_primary, 3, 1),
        WITH_BINDS(a_close_that_cannot_be_sent_ends_the_connection, 1, 1),
        WITH_BINDS(a_close_without_memory_ends_the_connection, 1, 1),
        WITH_BINDS(sockets_outlive_their_leases, 2, 1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
