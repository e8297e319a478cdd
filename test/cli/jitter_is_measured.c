/* The interarrival jitter of a flood's datagrams, against series computed by
   hand with the formula of RFC 3550, and the counts of each sender. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "measure/stamp.h"
#include "measure/clock.h"
#include "measure/senders.h"

#define assert_near(value, wanted, error)                                      \
    assert_true(fabs((value) - (wanted)) <= (error))

static struct senders it;

static size_t note(uint32_t session, uint64_t number, uint64_t sent,
                   uint64_t received) {
    const struct stamp stamp = {
        .session = session, .number = number, .time = sent};
    unsigned char bytes[STAMP_SIZE];

    stamp_write(bytes, &stamp);
    return senders_note(&it, bytes, sizeof bytes, received / 1000000, received);
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

static void expect_jitter(const struct jitter *jitter, double nanoseconds,
                          uint64_t count) {
    assert_near(jitter->nanoseconds, nanoseconds, 1e-9);
    assert_int_equal(jitter->count, count);
}

/* The differences of the times on the way are 16, 0, -32 and 8. */
static void jitter_of_a_series(void **state) {
    struct jitter jitter = {0};

    (void)state;
    jitter_note(&jitter, 1000, 5000);
    expect_jitter(&jitter, 0, 0);
    jitter_note(&jitter, 1100, 5116);
    expect_jitter(&jitter, 1, 1);
    jitter_note(&jitter, 1200, 5216);
    expect_jitter(&jitter, 0.9375, 2);
    jitter_note(&jitter, 1300, 5284);
    expect_jitter(&jitter, 2.87890625, 3);
    jitter_note(&jitter, 1400, 5392);
    expect_jitter(&jitter, 3.198974609375, 4);
}

/* A late datagram was sent before the previous one. */
static void jitter_of_a_late_datagram(void **state) {
    struct jitter jitter = {0};

    (void)state;
    jitter_note(&jitter, 200, 300);
    jitter_note(&jitter, 100, 320); /* 120 more on the way */
    expect_jitter(&jitter, 7.5, 1);
    jitter_note(&jitter, 300, 400); /* 120 less */
    expect_jitter(&jitter, 14.53125, 2);
}

/* The clocks differ by any offset, also around 0 and 2^64. */
static void offset_of_the_clocks_cancels(void **state) {
    static const uint64_t offsets[] = {0,
                                       123456789,
                                       UINT64_C(1) << 63,
                                       UINT64_MAX - 5000,
                                       UINT64_MAX - 5050,
                                       UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        struct jitter jitter = {0};

        jitter_note(&jitter, 1000, 5000 + offsets[i]);
        jitter_note(&jitter, 1100, 5116 + offsets[i]);
        jitter_note(&jitter, 1200, 5200 + offsets[i]);
        expect_jitter(&jitter, 1.9375, 2);
    }
}

/* Batches arrive together (GRO) or one by one. */
static void a_batch_is_one_transmission(void **state) {
    struct jitter together = {0}, apart = {0};

    (void)state;
    for (uint64_t batch = 0; batch < 3; batch++) {
        for (uint64_t i = 0; i < 64; i++) {
            uint64_t late = batch == 1 ? 32 : 0;

            jitter_note(&together, batch * 1000, batch * 1000 + late);
            jitter_note(&apart, batch * 1000, batch * 1000 + late + i);
        }
    }
    expect_jitter(&together, 3.875, 2);
    expect_jitter(&apart, 3.875, 2);
}

static void forged_times_do_no_harm(void **state) {
    static const uint64_t times[] = {0, UINT64_MAX, UINT64_C(1) << 63, 1,
                                     (UINT64_C(1) << 63) - 1};
    struct jitter jitter = {0};

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        jitter_note(&jitter, times[i], 7);
        assert_true(jitter.nanoseconds >= 0 && jitter.nanoseconds < 1e19);
    }
}

/* Neither duplicates nor datagrams without a number have a time that counts,
   and each sender has a clock of its own. */
static void senders_are_measured_separately(void **state) {
    struct sender_counts counts;

    (void)state;
    assert_int_equal(note(7, 0, 1000, 5000), 0);
    assert_int_equal(note(9, 0, 900000, 5001), 1);
    assert_int_equal(note(7, 2, 1100, 5116), 0);
    assert_int_equal(note(7, 0, 1000, 9999), 0);
    assert_int_equal(note(9, 1, 900100, 5149), 1);
    assert_int_equal(senders_note(&it, (const unsigned char *)"x", 1, 0, 99),
                     SENDERS_MAX);
    counts = senders_get(&it, 0);
    assert_near(counts.jitter_ms, 1e-6, 1e-15);
    assert_int_equal(counts.received, 2);
    assert_int_equal(counts.lost, 1);
    assert_int_equal(counts.duplicates, 1);
    counts = senders_get(&it, 1);
    assert_near(counts.jitter_ms, 3e-6, 1e-15);
    assert_int_equal(counts.received, 2);
    counts = senders_sum(&it);
    assert_near(counts.jitter_ms, 2e-6, 1e-15);
    assert_int_equal(counts.jitters, 2);
    assert_int_equal(counts.received, 4);
    assert_int_equal(counts.lost, 1);
    assert_int_equal(counts.duplicates, 1);
}

/* A late datagram is not lost any more, and is reordered. */
static void losses_in_percent(void **state) {
    struct sender_counts counts = senders_sum(&it);

    (void)state;
    assert_near(sender_loss_percent(&counts), 0, 0);
    note(1, 0, 0, 0);
    note(1, 4, 0, 0);
    counts = senders_get(&it, 0);
    assert_near(sender_loss_percent(&counts), 60, 1e-12);
    note(1, 2, 0, 0);
    counts = senders_get(&it, 0);
    assert_near(sender_loss_percent(&counts), 40, 1e-12);
    assert_int_equal(counts.reordered, 1);
}

/* Ten senders of each place, one after the other. A sender with one datagram
   has no jitter and does not lower the mean. */
static void past_senders_stay_in_the_sum(void **state) {
    struct sender_counts sum;

    (void)state;
    for (uint32_t i = 0; i < 10 * SENDERS_MAX; i++) {
        uint64_t now = i * UINT64_C(1000000);

        note(i, 0, now, now);
        if (i % 2 == 0)
            note(i, 2, now + 100, now + (i % 4 == 0 ? 116 : 148));
    }
    sum = senders_sum(&it);
    assert_int_equal(sum.received, 15 * SENDERS_MAX);
    assert_int_equal(sum.lost, 5 * SENDERS_MAX);
    assert_int_equal(sum.jitters, 5 * SENDERS_MAX);
    assert_near(sum.jitter_ms, 2e-6, 1e-13);
}

static void arrival_is_the_kernel_s_if_it_reports_one(void **state) {
    dgram_receive_info info = {.timestamp_ns = 42};
    dgram_message message = {0};

    (void)state;
    assert_int_equal(clock_arrival(&message, 7), 7);
    message.info = &info;
    assert_int_equal(clock_arrival(&message, 7), 7);
    info.valid = DGRAM_INFO_TIMESTAMP;
    assert_int_equal(clock_arrival(&message, 7), 42);
    assert_true(clock_now() > UINT64_C(1700000000) * 1000000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jitter_of_a_series),
        cmocka_unit_test(jitter_of_a_late_datagram),
        cmocka_unit_test(offset_of_the_clocks_cancels),
        cmocka_unit_test(a_batch_is_one_transmission),
        cmocka_unit_test(forged_times_do_no_harm),
        cmocka_unit_test_setup_teardown(senders_are_measured_separately, begin,
                                        end),
        cmocka_unit_test_setup_teardown(losses_in_percent, begin, end),
        cmocka_unit_test_setup_teardown(past_senders_stay_in_the_sum, begin,
                                        end),
        cmocka_unit_test(arrival_is_the_kernel_s_if_it_reports_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
