/* When the kernel is asked to take messages, and what to wait for if it does
   not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "datapath/backpressure.h"

static void the_kernel_is_asked_at_first(void **state) {
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

/* A socket that is always writable would wake the loop for ever. */
static void useless_writability_means_a_rest(void **state) {
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

static void writability_counts_once(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    backpressure_writable(&pressure);
    backpressure_taken(&pressure);
    assert_true(backpressure_refused(&pressure, false));
    assert_false(pressure.resting);
}

/* Reports useless writability until it is a failure; returns how often. */
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

static void eagain_of_a_writable_socket_becomes_a_failure(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    assert_true(backpressure_refused(&pressure, false));
    assert_int_equal(fruitless_wakes(&pressure, false), 3);
    assert_false(pressure.stopped);
    /* The next message only needs writability. */
    assert_true(backpressure_refused(&pressure, false));
    assert_int_equal(fruitless_wakes(&pressure, false), 0);
}

static void a_taken_message_starts_anew(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    fruitless_wakes(&pressure, false);
    backpressure_taken(&pressure);
    assert_int_equal(fruitless_wakes(&pressure, false), 3);
}

static void a_shared_descriptor_waits_longer(void **state) {
    struct backpressure pressure = {0};

    (void)state;
    assert_int_equal(fruitless_wakes(&pressure, true), 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_is_asked_at_first),
        cmocka_unit_test(writability_ends_the_wait),
        cmocka_unit_test(useless_writability_means_a_rest),
        cmocka_unit_test(writability_counts_once),
        cmocka_unit_test(eagain_of_a_writable_socket_becomes_a_failure),
        cmocka_unit_test(a_taken_message_starts_anew),
        cmocka_unit_test(a_shared_descriptor_waits_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
