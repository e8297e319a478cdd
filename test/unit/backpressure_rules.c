/* Whether the kernel is asked, and what is waited for if not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "datapath/backpressure.h"

static void starts_by_asking(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    assert_false(pressure.stopped);
    assert_false(backpressure_awaits_writable(&pressure));
}

static void writability_ends_the_wait(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    assert_true(backpressure_refused(&pressure, false));
    assert_true(pressure.stopped);
    assert_true(backpressure_awaits_writable(&pressure));
    backpressure_writable(&pressure);
    assert_true(pressure.stopped);
    backpressure_retry(&pressure);
    assert_false(pressure.stopped);
    assert_false(backpressure_awaits_writable(&pressure));
}

/* Writability that lies would wake the loop for ever. */
static void rests_where_writability_was_no_use(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    backpressure_writable(&pressure);
    assert_true(backpressure_refused(&pressure, false));
    assert_true(pressure.resting);
    assert_false(backpressure_awaits_writable(&pressure));
    backpressure_retry(&pressure);
    assert_false(pressure.resting);
    assert_true(backpressure_refused(&pressure, false));
    assert_false(pressure.resting);
    assert_true(backpressure_awaits_writable(&pressure));
}

static void writability_that_was_used_counts_no_more(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    backpressure_writable(&pressure);
    backpressure_taken(&pressure);
    assert_true(backpressure_refused(&pressure, false));
    assert_false(pressure.resting);
}

/* Finds it writable without use, until that is believed; returns how often. */
static unsigned fruitless_wakes(struct backpressure *pressure, bool shared) {
    unsigned wakes = 0;

    for (; wakes < 10000; wakes++) {
        backpressure_writable(pressure);
        backpressure_retry(pressure);
        if (!backpressure_refused(pressure, shared))
            return wakes;
        assert_true(pressure->stopped && pressure->resting);
    }
    return wakes;
}

static void a_refusal_of_a_writable_socket_is_the_datagrams_own(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    assert_true(backpressure_refused(&pressure, false));
    assert_int_equal(fruitless_wakes(&pressure, false), 3);
    assert_false(pressure.stopped);
    /* The next one needs no more proof than writability. */
    assert_true(backpressure_refused(&pressure, false));
    assert_int_equal(fruitless_wakes(&pressure, false), 0);
}

static void what_is_taken_proves_that_it_was_about_space(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    fruitless_wakes(&pressure, false);
    backpressure_taken(&pressure);
    assert_int_equal(fruitless_wakes(&pressure, false), 3);
}

static void others_may_use_the_space_of_a_shared_descriptor(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    assert_int_equal(fruitless_wakes(&pressure, true), 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_by_asking),
        cmocka_unit_test(writability_ends_the_wait),
        cmocka_unit_test(rests_where_writability_was_no_use),
        cmocka_unit_test(writability_that_was_used_counts_no_more),
        cmocka_unit_test(a_refusal_of_a_writable_socket_is_the_datagrams_own),
        cmocka_unit_test(what_is_taken_proves_that_it_was_about_space),
        cmocka_unit_test(others_may_use_the_space_of_a_shared_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
