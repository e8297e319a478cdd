/* What became of each datagram: an answer, an error, or nothing in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ping/trips.h"

static struct trips it;

static int begin(void **state) {
    (void)state;
    return trips_begin(&it) ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    trips_end(&it);
    return 0;
}

/* Datagram n is sent at (n + 1) * 10. */
static void send_many(uint64_t count) {
    while (count-- > 0)
        trips_send(&it, (it.sent + 1) * 10);
}

static enum trip_state state_of(uint64_t number) {
    return (enum trip_state)trips_find(&it, number)->state;
}

static void each_expires_once_in_order(void **state) {
    uint64_t number = 99;

    (void)state;
    send_many(4);
    trips_answer(&it, 1, 1000000);
    assert_false(trips_expire(&it, 9, &number));
    assert_true(trips_expire(&it, 30, &number));
    assert_int_equal(number, 0);
    assert_true(trips_expire(&it, 30, &number));
    assert_int_equal(number, 2);
    assert_false(trips_expire(&it, 30, &number));
    assert_int_equal(it.pending, 1);
    assert_int_equal(it.timeouts, 2);
    assert_int_equal(trips_oldest(&it)->sent_at, 40);
    assert_true(trips_expire(&it, UINT64_MAX, &number));
    assert_int_equal(number, 3);
    assert_null(trips_oldest(&it));
    assert_false(trips_expire(&it, UINT64_MAX, &number));
}

static void late_answers_count(void **state) {
    uint64_t number;

    (void)state;
    send_many(1);
    assert_true(trips_expire(&it, 10, &number));
    assert_int_equal(state_of(0), TRIP_TIMED_OUT);
    assert_true(trips_answer(&it, 0, 2000010) == 2.0);
    assert_int_equal(state_of(0), TRIP_ANSWERED);
    assert_true(trips_answer(&it, 0, 4000010) == 4.0);
    assert_true(trips_find(&it, 0)->ms == 2.0f); /* of the first answer */
    assert_int_equal(it.pending, 0);
}

static void errors_are_of_one_datagram(void **state) {
    (void)state;
    send_many(3);
    trips_fail(&it, false);
    assert_int_equal(state_of(0), TRIP_FAILED);
    send_many(1);
    trips_fail(&it, true);
    trips_fail(&it, false); /* of the same datagram */
    assert_int_equal(state_of(3), TRIP_FAILED);
    assert_int_equal(it.pending, 2);
    send_many(1);
    trips_answer(&it, 1, 100);
    trips_answer(&it, 2, 100);
    trips_answer(&it, 4, 100);
    trips_fail(&it, false); /* nothing is pending */
    assert_int_equal(it.pending, 0);
    trips_answer(&it, 0, 100); /* it was of another one */
    assert_int_equal(state_of(0), TRIP_ANSWERED);
    assert_int_equal(it.pending, 0);
}

static void errors_may_come_at_once(void **state) {
    (void)state;
    send_many(3);
    for (int i = 0; i < 4; i++)
        trips_fail(&it, false);
    assert_int_equal(it.pending, 0);
    assert_int_equal(state_of(2), TRIP_FAILED);
}

/* As on a busy machine: the ping sends twice before it reads an error. */
static void this_host_may_refuse_several(void **state) {
    (void)state;
    send_many(4);
    trips_answer(&it, 2, 100);
    trips_fail(&it, true);
    trips_fail(&it, true);
    assert_int_equal(state_of(0), TRIP_PENDING);
    assert_int_equal(state_of(1), TRIP_FAILED);
    assert_int_equal(state_of(2), TRIP_ANSWERED);
    assert_int_equal(state_of(3), TRIP_FAILED);
    trips_fail(&it, true);
    trips_fail(&it, true);
    assert_int_equal(it.pending, 0);
}

static void old_ones_are_forgotten(void **state) {
    uint64_t number;

    (void)state;
    send_many(TRIPS_MAX + 2);
    assert_null(trips_find(&it, 1));
    assert_non_null(trips_find(&it, 2));
    assert_null(trips_find(&it, it.sent));
    assert_int_equal(it.pending, TRIPS_MAX);
    assert_true(trips_expire(&it, UINT64_MAX, &number));
    assert_int_equal(number, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_expires_once_in_order, begin, end),
        cmocka_unit_test_setup_teardown(late_answers_count, begin, end),
        cmocka_unit_test_setup_teardown(errors_are_of_one_datagram, begin, end),
        cmocka_unit_test_setup_teardown(errors_may_come_at_once, begin, end),
        cmocka_unit_test_setup_teardown(this_host_may_refuse_several, begin,
                                        end),
        cmocka_unit_test_setup_teardown(old_ones_are_forgotten, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
