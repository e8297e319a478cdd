/* How many datagrams are due at a rate, at times that the test chooses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flood/schedule.h"

static uint64_t sum_due(const struct schedule *schedule, double elapsed) {
    uint64_t sum = 0;

    for (unsigned i = 0; i < schedule->streams; i++)
        sum += schedule_due(schedule, elapsed, i);
    return sum;
}

static void the_first_is_due_at_once(void **state) {
    const struct schedule schedule = {.rate = 1, .seconds = 5, .streams = 2};

    (void)state;
    assert_int_equal(schedule_due(&schedule, 0, 0), 1);
    assert_int_equal(schedule_due(&schedule, 0, 1), 0);
    assert_int_equal(schedule_due(&schedule, 0.999, 1), 0);
    assert_int_equal(schedule_due(&schedule, 1, 1), 1);
    assert_int_equal(schedule_due(&schedule, 2, 0), 2);
}

static void the_sum_is_rate_times_seconds(void **state) {
    static const struct {
        double rate, seconds;
        uint64_t sum;
    } cases[] = {
        {1, 0.1, 1},     {1, 1, 1},          {3, 1, 3},
        {100, 0.29, 29}, {12345, 0.1, 1234}, {1e9, 1e6, 1000000000000000},
        {0.001, 100, 1}, {0.5, 7, 3},        {1000.0 / 3, 3, 1000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned streams = 1; streams <= 7; streams++) {
            const struct schedule schedule = {.rate = cases[i].rate,
                                              .seconds = cases[i].seconds,
                                              .streams = streams};

            assert_int_equal(sum_due(&schedule, cases[i].seconds),
                             cases[i].sum);
            assert_int_equal(sum_due(&schedule, cases[i].seconds * 2),
                             cases[i].sum);
        }
    }
}

/* At each time the streams differ by one at most, and the sum does not depend
   on their number. */
static void streams_share_the_rate(void **state) {
    const struct schedule one = {.rate = 777, .seconds = 2, .streams = 1};
    const struct schedule five = {.rate = 777, .seconds = 2, .streams = 5};

    (void)state;
    for (int i = 0; i < 2500; i++) {
        double time = i / 1000.0;

        assert_int_equal(sum_due(&five, time), schedule_due(&one, time, 0));
        assert_true(
            schedule_due(&five, time, 0) - schedule_due(&five, time, 4) <= 1);
    }
}

/* It is never ahead of the rate by more than the first datagram, nor behind. */
static void the_rate_holds_at_each_time(void **state) {
    const struct schedule schedule = {
        .rate = 1234.5, .seconds = 1000, .streams = 3};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        double exact = 1234.5 * i;
        double due = (double)sum_due(&schedule, i);

        assert_true(due > exact && due <= exact + 1);
    }
}

static void bits_are_those_of_the_payload(void **state) {
    struct schedule schedule = {.seconds = 10, .streams = 1};

    (void)state;
    schedule.rate = schedule_rate(10e6, 1200);
    assert_int_equal(sum_due(&schedule, 10), 10416); /* 10416.67 */
    schedule.seconds = 1e6;
    assert_int_equal(sum_due(&schedule, 1e6), 1041666666);
    schedule.rate = schedule_rate(8, 1);
    assert_int_equal(sum_due(&schedule, 1e6), 1000000);
    schedule.rate = schedule_rate(1, 65507);
    assert_int_equal(sum_due(&schedule, 1e6), 1); /* 1.9 */
    schedule.rate = schedule_rate(SCHEDULE_BITRATE_MAX, 1);
    assert_int_equal(sum_due(&schedule, 1e6), 125000000000000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_due_at_once),
        cmocka_unit_test(the_sum_is_rate_times_seconds),
        cmocka_unit_test(streams_share_the_rate),
        cmocka_unit_test(the_rate_holds_at_each_time),
        cmocka_unit_test(bits_are_those_of_the_payload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
