/* How the numbers in a flood's datagrams are counted, whatever they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "measure/stamp.h"
#include "measure/senders.h"

static struct senders it;

static void note(uint32_t session, uint64_t number, uint64_t now) {
    const struct stamp stamp = {.session = session, .number = number};
    unsigned char bytes[STAMP_SIZE];

    stamp_write(bytes, &stamp);
    senders_note(&it, bytes, sizeof bytes, now, 0);
}

static void expect(uint64_t lost, uint64_t reordered, uint64_t duplicates,
                   uint64_t unstamped) {
    const struct sender_counts sum = senders_sum(&it);

    assert_int_equal(sum.lost, lost);
    assert_int_equal(sum.reordered, reordered);
    assert_int_equal(sum.duplicates, duplicates);
    assert_int_equal(it.unstamped, unstamped);
}

static int begin(void **state) {
    (void)state;
    return senders_begin(&it) ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    senders_end(&it);
    return 0;
}

static void losses_and_order(void **state) {
    (void)state;
    note(1, 0, 0);
    note(1, 3, 0);
    expect(2, 0, 0, 0);
    note(1, 1, 0);
    expect(1, 1, 0, 0);
    note(1, 1, 0);
    note(1, 3, 0);
    expect(1, 1, 2, 0);
}

static void old_duplicates_stay_duplicates(void **state) {
    (void)state;
    for (uint64_t number = 0; number < 3 * ORDER_WINDOW; number++)
        note(1, number, 0);
    expect(0, 0, 0, 0);
    for (uint64_t number = 0; number < 3 * ORDER_WINDOW; number += 1000)
        note(1, number, 0);
    expect(0, 0, (3 * ORDER_WINDOW + 999) / 1000, 0);
}

static void a_gap_wider_than_the_window(void **state) {
    (void)state;
    note(1, 0, 0);
    note(1, 5 * ORDER_WINDOW, 0);
    expect(5 * ORDER_WINDOW - 1, 0, 0, 0);
    note(1, 4 * ORDER_WINDOW + 1, 0); /* the oldest known sender */
    expect(5 * ORDER_WINDOW - 2, 1, 0, 0);
    note(1, 4 * ORDER_WINDOW, 0);
    note(1, 1, 0);
    expect(5 * ORDER_WINDOW - 2, 1, 2, 0);
}

static void forged_numbers_do_not_count(void **state) {
    static const uint64_t forged[] = {NUMBER_AHEAD_MAX + 1, UINT64_C(1) << 63,
                                      UINT64_MAX - 1, UINT64_MAX};

    (void)state;
    note(1, 0, 0);
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++)
        note(1, forged[i], 0);
    note(1, 1, 0);
    expect(0, 0, 0, 4);
}

static void a_sender_that_began_long_ago(void **state) {
    static const uint64_t first[] = {NUMBER_AHEAD_MAX, UINT64_MAX - 3};

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        note(i, first[i], 0);
        note(i, first[i] + 2, 0);
        note(i, first[i] - 1, 0); /* was sent before */
        note(i, UINT64_MAX, 0);
    }
    expect(2, 0, 2, 2);
}

static void short_datagrams_have_no_number(void **state) {
    const struct stamp stamp = {.session = 1, .number = 7};
    unsigned char bytes[STAMP_SIZE];

    (void)state;
    stamp_write(bytes, &stamp);
    for (size_t length = 0; length < sizeof bytes; length++)
        senders_note(&it, bytes, length, 0, 0);
    bytes[0] ^= 1;
    senders_note(&it, bytes, sizeof bytes, 0, 0);
    expect(0, 0, 0, STAMP_SIZE + 1);
}

/* Each loses one of its three. */
static void floods_one_after_the_other_are_counted(void **state) {
    (void)state;
    for (uint32_t flood = 0; flood < 10 * SENDERS_MAX; flood++) {
        note(flood, 0, flood);
        note(flood, 2, flood);
    }
    expect(10 * SENDERS_MAX, 0, 0, 0);
}

/* Other senders took its slot between two of its datagrams. One datagram counts
   as lost. */
static void a_slow_flood_is_counted_beside_many(void **state) {
    uint64_t now = 0;

    (void)state;
    for (uint64_t number = 0; number < 4; number++) {
        note(1, number < 2 ? number : number + 1, now);
        for (uint32_t flood = 0; flood < 2 * SENDERS_MAX; flood++)
            note(1000 + 600 * (uint32_t)number + flood, 0, now += 2);
    }
    note(1, 1, now); /* a duplicate or late: the sender is forgotten */
    expect(1, 0, 1, 0);
}

static void floods_at_once_are_counted_separately(void **state) {
    (void)state;
    for (uint64_t number = 0; number < 3; number++) {
        for (uint32_t flood = 0; flood < SENDERS_MAX; flood++)
            note(flood, number, number * SENDER_IDLE_MS);
        note(SENDERS_MAX, number, number * SENDER_IDLE_MS); /* one too many */
    }
    expect(0, 0, 0, 3);
    note(SENDERS_MAX, 0, 3 * SENDER_IDLE_MS);
    expect(0, 0, 0, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(losses_and_order, begin, end),
        cmocka_unit_test_setup_teardown(old_duplicates_stay_duplicates, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_gap_wider_than_the_window, begin,
                                        end),
        cmocka_unit_test_setup_teardown(forged_numbers_do_not_count, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_sender_that_began_long_ago, begin,
                                        end),
        cmocka_unit_test_setup_teardown(short_datagrams_have_no_number, begin,
                                        end),
        cmocka_unit_test_setup_teardown(floods_one_after_the_other_are_counted,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_slow_flood_is_counted_beside_many,
                                        begin, end),
        cmocka_unit_test_setup_teardown(floods_at_once_are_counted_separately,
                                        begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
