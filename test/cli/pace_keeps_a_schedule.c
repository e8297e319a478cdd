/* Datagrams are due by an absolute schedule: without drift, never early, and
   with no more at once than is due. There is no clock in this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "send/pace.h"

#define START UINT64_C(1000000007)
#define MS 1000000u

static struct pace it;

/* Sends what is due at `now`, and returns how many datagrams that were. */
static uint64_t send_due(uint64_t now) {
    uint64_t count = 0;

    for (; pace_is_due(&it, now); count++)
        pace_advance(&it);
    return count;
}

static void the_first_is_due_at_once(void **state) {
    (void)state;
    pace_begin(&it, 1e9, 0, 1, START);
    assert_true(pace_is_due(&it, START));
    pace_advance(&it);
    assert_false(pace_is_due(&it, START));
    assert_false(pace_is_due(&it, START + 999999999));
    assert_true(pace_is_due(&it, START + 1000000000));
}

static void nothing_is_due_early_or_drifts(void **state) {
    static const uint64_t rates[] = {1, 3, 7, 60, 999, 1001, 65537, 1000003};

    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        uint64_t rate = rates[i];

        pace_begin(&it, 1e9 / (double)rate, 0, 1, START);
        for (uint64_t n = 0; n < 100000; n++) {
            uint64_t exact = n / rate * 1000000000 +
                             (n % rate * 1000000000 + rate - 1) / rate;
            uint64_t due = it.due - START;

            assert_true(due >= exact && due <= exact + 1);
            pace_advance(&it);
        }
    }
}

static void without_an_interval_all_is_due(void **state) {
    (void)state;
    pace_begin(&it, 0, 0, 1, START);
    for (int i = 0; i < 1000; i++) {
        assert_true(pace_is_due(&it, START));
        pace_advance(&it);
    }
}

/* A stall loses nothing: what is due is sent, and no more. */
static void a_stall_is_made_up_for(void **state) {
    (void)state;
    pace_begin(&it, 10 * MS, 0, 1, START);
    assert_int_equal(send_due(START), 1);
    assert_int_equal(send_due(START + 9 * MS), 0);
    assert_int_equal(send_due(START + 10 * MS), 1);
    assert_int_equal(send_due(START + 1005 * MS), 99);
    assert_int_equal(send_due(START + 1009 * MS), 0);
    assert_int_equal(send_due(START + 1010 * MS), 1);
}

/* Input that comes late is sent at once, and the next an interval later. */
static void a_wait_for_input_moves_the_schedule(void **state) {
    (void)state;
    pace_begin(&it, 10 * MS, 0, 1, START);
    assert_int_equal(send_due(START), 1);
    pace_postpone(&it, START, START + 3605 * MS);
    assert_int_equal(send_due(START + 3605 * MS), 1);
    assert_int_equal(send_due(START + 3614 * MS), 0);
    assert_int_equal(send_due(START + 3615 * MS), 1);
}

/* A wait that ends before the next datagram is due changes nothing. */
static void a_short_wait_moves_nothing(void **state) {
    (void)state;
    pace_begin(&it, 10 * MS, 0, 1, START);
    assert_int_equal(send_due(START), 1);
    pace_postpone(&it, START, START + 9 * MS);
    assert_int_equal(send_due(START + 9 * MS), 0);
    assert_int_equal(send_due(START + 10 * MS), 1);
}

/* After a stall, a short wait for input moves the schedule by that wait only:
   the rest is still made up for. */
static void a_wait_after_a_stall_moves_little(void **state) {
    (void)state;
    pace_begin(&it, 10 * MS, 0, 1, START);
    assert_int_equal(send_due(START), 1);
    pace_postpone(&it, START + 1000 * MS, START + 1001 * MS);
    assert_int_equal(send_due(START + 1001 * MS), 100);
    assert_int_equal(it.due, START + 1011 * MS);
}

static void jitter_keeps_the_order_and_the_rate(void **state) {
    uint64_t before = 0, slots[10] = {0};

    (void)state;
    pace_begin(&it, 10 * MS, 10 * MS, 12345, START);
    for (uint64_t n = 0; n < 10000; n++) {
        uint64_t slot = START + n * 10 * MS;

        assert_true(it.due >= slot && it.due <= slot + 10 * MS);
        assert_true(it.due >= before);
        before = it.due;
        if (it.due < slot + 10 * MS)
            slots[(it.due - slot) / MS]++;
        pace_advance(&it);
    }
    for (int i = 0; i < 10; i++) /* about 1000 each */
        assert_true(slots[i] > 850 && slots[i] < 1150);
}

static void seeds_differ(void **state) {
    uint64_t due;

    (void)state;
    pace_begin(&it, 1e9, 1e9, 1, START);
    due = it.due;
    pace_begin(&it, 1e9, 1e9, 1, START);
    assert_int_equal(it.due, due);
    pace_begin(&it, 1e9, 1e9, 2, START);
    assert_int_not_equal(it.due, due);
    pace_begin(&it, 1e9, 1e9, 0, START);
    assert_int_not_equal(it.due, START);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_due_at_once),
        cmocka_unit_test(nothing_is_due_early_or_drifts),
        cmocka_unit_test(without_an_interval_all_is_due),
        cmocka_unit_test(a_stall_is_made_up_for),
        cmocka_unit_test(a_wait_for_input_moves_the_schedule),
        cmocka_unit_test(a_short_wait_moves_nothing),
        cmocka_unit_test(a_wait_after_a_stall_moves_little),
        cmocka_unit_test(jitter_keeps_the_order_and_the_rate),
        cmocka_unit_test(seeds_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
