/* The shares of many round trips are those of a sorted list, and the memory
   does not grow with their number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ping/histogram.h"
#include "ping/times.h"

static struct times it;

static int forget(void **state) {
    (void)state;
    times_end(&it);
    return 0;
}

static int compare(const void *a, const void *b) {
    unsigned left = *(const unsigned *)a, right = *(const unsigned *)b;

    return (left > right) - (left < right);
}

static unsigned next_random(void) {
    static uint64_t random = 1;

    random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(random >> 40);
}

/* The nearest rank: of 1000 times, p99.9 is the 999th. */
static void assert_share(const unsigned *sorted, size_t count,
                         unsigned thousandths) {
    size_t rank = (count * thousandths + 999) / 1000;

    assert_float_equal(times_share(&it, thousandths / 1000.0),
                       sorted[rank > 0 ? rank - 1 : 0] / 1000.0, 1e-9);
}

static void shares_are_those_of_a_list(void **state) {
    static const unsigned shares[] = {0, 500, 900, 950, 990, 999, 1000};
    unsigned sorted[2000];

    (void)state;
    for (size_t count = 1; count <= 2000; count += count < 30 ? 1 : 197) {
        unsigned range = count % 2 == 0 ? 50 : 1000000; /* repeats, or not */

        for (size_t i = 0; i < count; i++) {
            sorted[i] = next_random() % range;
            assert_true(times_add(&it, sorted[i] / 1000.0));
        }
        qsort(sorted, count, sizeof *sorted, compare);
        times_sort(&it);
        for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
            assert_share(sorted, count, shares[i]);
        times_end(&it);
    }
}

static void memory_does_not_grow_with_the_number(void **state) {
    struct histogram histogram;
    uint64_t total = 0;

    (void)state;
    for (unsigned i = 0; i < 1000000; i++)
        assert_true(times_add(&it, 0.1 + i % 100 / 1000.0));
    assert_int_equal(it.count, 1000000);
    assert_int_equal(it.used, 100);
    assert_true(it.capacity <= 1024);
    times_sort(&it);
    histogram_fill(&histogram, &it);
    for (int row = 0; row < histogram.rows; row++)
        total += histogram.counts[row];
    assert_int_equal(total, 1000000);
}

static void mean_and_jitter_are_exact(void **state) {
    (void)state;
    times_add(&it, 1.0004);
    times_add(&it, 3.0004);
    times_add(&it, 2.0004);
    times_sort(&it);
    assert_float_equal(times_mean(&it), 2.0004, 1e-9);
    assert_float_equal(it.jitter, 1.5, 1e-9);
    assert_float_equal(times_share(&it, 1), 3, 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(shares_are_those_of_a_list, forget),
        cmocka_unit_test_teardown(memory_does_not_grow_with_the_number, forget),
        cmocka_unit_test_teardown(mean_and_jitter_are_exact, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
