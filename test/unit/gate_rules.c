/* The gate between a queue and the kernel: what closes and opens it, and how
   long messages go singly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "datapath/gate.h"

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
    assert_true(gate_refused(&gate, false));
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
    assert_true(gate_refused(&gate, false));
    assert_true(gate.resting);
    assert_false(gate_waits_for_room(&gate));
    gate_open(&gate);
    assert_false(gate.resting);
    assert_true(gate_refused(&gate, false));
    assert_false(gate.resting);
    assert_true(gate_waits_for_room(&gate));
}

static void room_that_was_used_is_no_lie(void **state) {
    struct gate gate = {0};

    (void)state;
    gate_room_came(&gate);
    gate_taken(&gate);
    assert_true(gate_refused(&gate, false));
    assert_false(gate.resting);
}

/* Finds room that is no use, until that is believed; returns how often. */
static unsigned fruitless_wakes(struct gate *gate, bool shared) {
    unsigned wakes = 0;

    for (; wakes < 10000; wakes++) {
        gate_room_came(gate);
        gate_open(gate);
        if (!gate_refused(gate, shared))
            return wakes;
        assert_true(gate->closed && gate->resting);
    }
    return wakes;
}

static void a_refusal_in_spite_of_room_is_the_datagrams_own(void **state) {
    struct gate gate = {0};

    (void)state;
    assert_true(gate_refused(&gate, false));
    assert_int_equal(fruitless_wakes(&gate, false), 3);
    assert_false(gate.closed);
    /* The next one needs no more proof than writability. */
    assert_true(gate_refused(&gate, false));
    assert_int_equal(fruitless_wakes(&gate, false), 0);
}

static void what_is_taken_proves_that_it_was_about_room(void **state) {
    struct gate gate = {0};

    (void)state;
    fruitless_wakes(&gate, false);
    gate_taken(&gate);
    assert_int_equal(fruitless_wakes(&gate, false), 3);
}

static void others_may_use_the_room_of_a_shared_descriptor(void **state) {
    struct gate gate = {0};

    (void)state;
    assert_int_equal(fruitless_wakes(&gate, true), 500);
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
        cmocka_unit_test(a_refusal_in_spite_of_room_is_the_datagrams_own),
        cmocka_unit_test(what_is_taken_proves_that_it_was_about_room),
        cmocka_unit_test(others_may_use_the_room_of_a_shared_descriptor),
        cmocka_unit_test(a_new_peer_is_asked_singly_from_the_first_message),
        cmocka_unit_test(an_error_makes_it_single_for_two_seconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
