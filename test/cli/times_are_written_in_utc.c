/* Times of --timestamps, in all kinds of years. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "output/utc.h"

#define DAY 86400u

static void expect(uint64_t seconds, uint32_t fraction, int digits,
                   const char *wanted) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    utc_print(out, seconds, fraction, digits);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, wanted);
    free(text);
}

static void fractions_keep_their_zeros(void **state) {
    (void)state;
    expect(0, 0, UTC_MICROSECONDS, "1970-01-01T00:00:00.000000Z");
    expect(1, 42, UTC_MICROSECONDS, "1970-01-01T00:00:01.000042Z");
    expect(59, 999999, UTC_MICROSECONDS, "1970-01-01T00:00:59.999999Z");
    expect(3599, 7, UTC_NANOSECONDS, "1970-01-01T00:59:59.000000007Z");
    expect(DAY - 1, 999999999, UTC_NANOSECONDS,
           "1970-01-01T23:59:59.999999999Z");
}

static void leap_years_have_29_february(void **state) {
    (void)state;
    expect(68169600, 0, UTC_MICROSECONDS, "1972-02-29T00:00:00.000000Z");
    expect(951782400, 0, UTC_MICROSECONDS, "2000-02-29T00:00:00.000000Z");
    expect(1709164800, 0, UTC_MICROSECONDS, "2024-02-29T00:00:00.000000Z");
    expect(1709164800 + DAY, 0, UTC_MICROSECONDS,
           "2024-03-01T00:00:00.000000Z");
    expect(1735689599, 0, UTC_MICROSECONDS, "2024-12-31T23:59:59.000000Z");
    expect(4107542399, 0, UTC_MICROSECONDS, "2100-02-28T23:59:59.000000Z");
    expect(4107542400, 0, UTC_MICROSECONDS, "2100-03-01T00:00:00.000000Z");
}

static void late_years_do_not_overflow(void **state) {
    (void)state;
    expect(INT32_MAX, 0, UTC_MICROSECONDS, "2038-01-19T03:14:07.000000Z");
    expect(INT32_MAX + UINT64_C(1), 0, UTC_MICROSECONDS,
           "2038-01-19T03:14:08.000000Z");
    expect(UINT32_MAX + UINT64_C(1), 0, UTC_MICROSECONDS,
           "2106-02-07T06:28:16.000000Z");
    expect(253402300799, 0, UTC_MICROSECONDS, "9999-12-31T23:59:59.000000Z");
    expect(253402300800, 0, UTC_MICROSECONDS, "10000-01-01T00:00:00.000000Z");
    expect(UINT64_MAX / 1000000000u, 709551615, UTC_NANOSECONDS,
           "2554-07-21T23:34:33.709551615Z");
}

/* Each day of 800 years, against the C library. */
static void days_are_those_of_the_calendar(void **state) {
    char wanted[64];

    (void)state;
    for (uint64_t day = 0; day < UINT64_C(146097) * 2; day++) {
        const uint64_t moment = day * DAY + day % DAY;
        const time_t seconds = (time_t)moment;
        struct tm parts;

        if (seconds < 0 || (uint64_t)seconds != moment)
            break; /* it has 32 bits */
        assert_non_null(gmtime_r(&seconds, &parts));
        strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%S.000000Z", &parts);
        expect(moment, 0, UTC_MICROSECONDS, wanted);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fractions_keep_their_zeros),
        cmocka_unit_test(leap_years_have_29_february),
        cmocka_unit_test(late_years_do_not_overflow),
        cmocka_unit_test(days_are_those_of_the_calendar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
