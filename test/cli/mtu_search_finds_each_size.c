/* Whatever the path MTU and whoever reports it, the search ends with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mtu/search.h"

#define FLOOR 576
#define INTERFACE 1500
#define HIGH 65535
#define STEPS 40

static struct mtu_search it;

/* The interface refuses what exceeds it. */
static bool is_refused(void) {
    return it.size > INTERFACE &&
           mtu_search_report(&it, INTERFACE, MTU_LIMIT_INTERFACE);
}

/* Runs a search whose packets above `mtu` are lost, or reported with an MTU of
   `reported` that is not above `mtu`. */
static void search(uint32_t mtu, bool is_silent, uint32_t reported) {
    int steps = 0;

    mtu_search_begin(&it, FLOOR, HIGH);
    while (!mtu_search_is_done(&it)) {
        assert_true(++steps < STEPS);
        assert_in_range(it.size, 1, it.high);
        if (is_refused())
            continue;
        if (it.size <= mtu)
            mtu_search_pass(&it, it.size);
        else if (is_silent)
            mtu_search_silence(&it);
        else
            assert_true(mtu_search_report(&it, reported, MTU_LIMIT_ROUTER));
    }
}

static void a_router_reports(void **state) {
    (void)state;
    for (uint32_t mtu = 68; mtu < INTERFACE; mtu++) {
        search(mtu, false, mtu);
        assert_int_equal(it.low, mtu);
        assert_int_equal(it.limit, MTU_LIMIT_ROUTER);
    }
}

static void a_router_does_not_say_the_mtu(void **state) {
    (void)state;
    for (uint32_t mtu = FLOOR; mtu < INTERFACE; mtu++) {
        search(mtu, false, 0);
        assert_int_equal(it.low, mtu);
        assert_int_equal(it.limit, MTU_LIMIT_ROUTER);
    }
}

static void a_router_is_silent(void **state) {
    (void)state;
    for (uint32_t mtu = FLOOR; mtu < INTERFACE; mtu++) {
        search(mtu, true, 0);
        assert_int_equal(it.low, mtu);
        assert_int_equal(it.limit, MTU_LIMIT_SILENT);
    }
}

static void nothing_limits(void **state) {
    (void)state;
    for (uint32_t mtu = INTERFACE; mtu < 2 * INTERFACE; mtu++) {
        search(mtu, true, 0);
        assert_int_equal(it.low, INTERFACE);
        assert_int_equal(it.limit, MTU_LIMIT_INTERFACE);
    }
}

static void nobody_answers(void **state) {
    (void)state;
    search(0, true, 0);
    assert_int_equal(it.low, 0);
    search(FLOOR - 1, true, 0);
    assert_int_equal(it.low, 0);
}

static void a_late_answer_counts(void **state) {
    (void)state;
    mtu_search_begin(&it, FLOOR, HIGH);
    mtu_search_report(&it, INTERFACE, MTU_LIMIT_INTERFACE);
    mtu_search_silence(&it);
    mtu_search_pass(&it, FLOOR);
    mtu_search_pass(&it, INTERFACE);
    assert_true(mtu_search_is_done(&it));
    assert_int_equal(it.low, INTERFACE);
    assert_int_equal(it.limit, MTU_LIMIT_INTERFACE);
}

static void odd_reports_are_ignored(void **state) {
    (void)state;
    mtu_search_begin(&it, FLOOR, INTERFACE);
    assert_false(mtu_search_report(&it, INTERFACE, MTU_LIMIT_ROUTER));
    assert_false(mtu_search_report(&it, INTERFACE + 1, MTU_LIMIT_ROUTER));
    assert_true(mtu_search_report(&it, 1000, MTU_LIMIT_ROUTER));
    mtu_search_silence(&it);
    mtu_search_pass(&it, FLOOR);
    assert_false(mtu_search_report(&it, FLOOR - 1, MTU_LIMIT_ROUTER));
    assert_int_equal(it.low, FLOOR);
    assert_int_equal(it.high, 999);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_router_reports),
        cmocka_unit_test(a_router_does_not_say_the_mtu),
        cmocka_unit_test(a_router_is_silent),
        cmocka_unit_test(nothing_limits),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(a_late_answer_counts),
        cmocka_unit_test(odd_reports_are_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
