/* The gate between a queue and the kernel: what closes and opens it, and how
   long messages go singly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gate.h"
#include "loop.h"

#define MS 1000000u

static void starts_open_for_many(void **state) {
    struct gate gate = {0};

    (void)state;
    assert_false(gate.closed);
    assert_false(gate_waits_for_room(&gate));
    assert_false(gate_goes_singly(&gate, 5));
}

static void room_opens_a_full_buffer(void **state) {
    struct gate gate = {0};

    (void)state;
    assert_true(gate_refused(&gate, UV_EAGAIN));
    assert_true(gate.closed);
    assert_true(gate_waits_for_room(&gate));
    gate_room_came(&gate);
    assert_true(gate.closed);
    gate_open(&gate);
    assert_false(gate.closed);
    assert_false(gate_waits_for_room(&gate));
}

/* Writability that lies would wake the loop for ever. */
static void rests_where_room_was_a_lie(void **state) {
    struct gate gate = {0};

    (void)state;
    gate_room_came(&gate);
    assert_true(gate_refused(&gate, UV_EAGAIN));
    assert_true(gate.resting);
    assert_false(gate_waits_for_room(&gate));
    gate_rested(&gate);
    gate_open(&gate);
    assert_false(gate.resting);
    assert_true(gate_refused(&gate, UV_EAGAIN));
    assert_false(gate.resting);
    assert_true(gate_waits_for_room(&gate));
}

static void room_that_was_used_is_no_lie(void **state) {
    struct gate gate = {0};

    (void)state;
    gate_room_came(&gate);
    gate_taken(&gate);
    assert_true(gate_refused(&gate, UV_EAGAIN));
    assert_false(gate.resting);
}

/* Rests until the refusal is the datagram's; returns how often. */
static unsigned rests_in_a_row(struct gate *gate) {
    unsigned rests = 0;

    while (rests < 10000 && gate_refused(gate, UV_ENOBUFS)) {
        assert_true(gate->closed && gate->resting);
        gate_rested(gate);
        gate_open(gate);
        rests++;
    }
    return rests;
}

static void want_of_buffers_fails_after_a_second(void **state) {
    struct gate gate = {0};

    (void)state;
    assert_int_equal(rests_in_a_row(&gate), 1000 / RETRY_MS);
    assert_false(gate.closed);
    /* The next datagram has a second of its own. */
    assert_int_equal(rests_in_a_row(&gate), 1000 / RETRY_MS);
}

static void what_is_taken_ends_the_second(void **state) {
    struct gate gate = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_true(gate_refused(&gate, UV_ENOBUFS));
        gate_rested(&gate);
        gate_open(&gate);
    }
    gate_taken(&gate);
    assert_int_equal(rests_in_a_row(&gate), 1000 / RETRY_MS);
    assert_true(gate_refused(&gate, UV_ENOBUFS));
    gate_rested(&gate);
    assert_true(gate_refused(&gate, UV_EAGAIN));
    assert_int_equal(rests_in_a_row(&gate), 1000 / RETRY_MS);
}

static void other_refusals_leave_it_open(void **state) {
    static const int codes[] = {UV_ECONNREFUSED, UV_EMSGSIZE, UV_EPERM, UV_EIO};
    struct gate gate = {0};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_true(gate_refused(&gate, UV_ENOBUFS));
        gate_rested(&gate);
        gate_open(&gate);
        assert_false(gate_refused(&gate, codes[i]));
        assert_false(gate.closed);
        assert_int_equal(gate.rests, 0);
    }
}

static void a_new_peer_is_asked_singly_from_the_first_message(void **state) {
    struct gate gate = {0};
    uint64_t first = 7000u * (uint64_t)MS;

    (void)state;
    gate_peer_changed(&gate);
    assert_true(gate_goes_singly(&gate, first));
    assert_true(gate_goes_singly(&gate, first + 50u * MS - 1));
    assert_false(gate_goes_singly(&gate, first + 50u * MS));
    assert_false(gate_goes_singly(&gate, first));
}

static void an_error_makes_it_single_for_two_seconds(void **state) {
    struct gate gate = {0};
    uint64_t now = 9000u * (uint64_t)MS;

    (void)state;
    gate_peer_failed(&gate, now);
    assert_true(gate_goes_singly(&gate, now));
    gate_peer_failed(&gate, now + 100u * MS);
    assert_true(gate_goes_singly(&gate, now + 2100u * (uint64_t)MS - 1));
    assert_false(gate_goes_singly(&gate, now + 2100u * (uint64_t)MS));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_open_for_many),
        cmocka_unit_test(room_opens_a_full_buffer),
        cmocka_unit_test(rests_where_room_was_a_lie),
        cmocka_unit_test(room_that_was_used_is_no_lie),
        cmocka_unit_test(want_of_buffers_fails_after_a_second),
        cmocka_unit_test(what_is_taken_ends_the_second),
        cmocka_unit_test(other_refusals_leave_it_open),
        cmocka_unit_test(a_new_peer_is_asked_singly_from_the_first_message),
        cmocka_unit_test(an_error_makes_it_single_for_two_seconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
