/* What was sent is what was received and what was lost, exactly: of datagrams
   that could not be sent, and of those that the far end is asked to send back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flood/farend.h"
#include "measure/stamp.h"
#include "flood/schedule.h"

static void note(struct tally *tally, uint64_t number) {
    unsigned char bytes[STAMP_SIZE];
    const struct stamp stamp = {.session = 7, .number = number};
    const dgram_message message = {.payload = bytes, .length = sizeof bytes};

    stamp_write(bytes, &stamp);
    tally_note(tally, &message, 1, 1);
}

/* Their numbers are missing at the far end. */
static void failed_datagrams_are_not_lost(void **state) {
    struct tally tally;

    (void)state;
    assert_true(tally_begin(&tally, true, 7));
    for (uint64_t number = 0; number < 100; number++) {
        if (number % 10 < 7)
            note(&tally, number);
    }
    assert_int_equal(tally_counts(&tally, 70).lost, 0);
    assert_int_equal(tally_counts(&tally, 75).lost, 5);
    assert_int_equal(tally_counts(&tally, 100).lost, 30);
    assert_int_equal(tally_counts(&tally, UINT64_MAX).lost, 27); /* forged */
    assert_int_equal(tally_counts(&tally, 0).lost, 27);          /* unknown */
    assert_int_equal(tally_counts(&tally, 60).lost, 0);          /* forged */
    tally_end(&tally);
}

/* What a sink makes of the question. */
static uint64_t asked_back(const struct farend_stream *stream) {
    const struct control_question *question = &stream->remote.question;

    if ((question->flags & CONTROL_BACK) == 0)
        return 0;
    assert_true(question->back_rate > 0);
    return (uint64_t)((double)question->back_rate / 1e6 *
                          (double)question->back_ms +
                      1e-6);
}

static void expect_back(double rate, double seconds, unsigned count) {
    const struct schedule schedule = {rate, seconds, count};
    struct farend farend = {
        .back = true, .size = 64, .rate = rate, .seconds = seconds};

    assert_int_equal(farend_begin(&farend, count), 0);
    for (unsigned i = 0; i < count; i++) {
        farend_open(&farend, i, NULL, NULL, i);
        assert_int_equal(asked_back(&farend.streams[i]),
                         schedule_due(&schedule, seconds, i));
    }
    farend_free(&farend);
}

/* As many as this end sends, for each stream. */
static void the_same_is_asked_back(void **state) {
    static const double rates[] = {1, 2, 999, 1000, 12345, 1e6 / 3, 1e6};
    static const double times[] = {0.001, 0.1, 0.3, 1, 1.001, 3, 10, 60};

    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
            for (unsigned count = 1; count <= 7; count++)
                expect_back(rates[i], times[k], count);
            expect_back(rates[i], times[k], 256);
        }
    }
}

static void without_a_rate_no_limit_is_asked_for(void **state) {
    struct farend farend = {.back = true, .size = 64, .seconds = 1};

    (void)state;
    assert_int_equal(farend_begin(&farend, 1), 0);
    farend_open(&farend, 0, NULL, NULL, 1);
    assert_int_equal(farend.streams[0].remote.question.back_rate, 0);
    assert_int_equal(farend.streams[0].remote.question.flags, CONTROL_BACK);
    farend_free(&farend);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failed_datagrams_are_not_lost),
        cmocka_unit_test(the_same_is_asked_back),
        cmocka_unit_test(without_a_rate_no_limit_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
