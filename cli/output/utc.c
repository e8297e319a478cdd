#include "output/utc.h"

#include <stdbool.h>

#define SECONDS_PER_DAY 86400
#define DAYS_PER_400_YEARS 146097 /* the calendar repeats */

static bool is_leap_year(unsigned year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of_month(unsigned year, unsigned month) {
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30,
                                         31, 31, 30, 31, 30, 31};

    return days[month] + (month == 1 && is_leap_year(year) ? 1 : 0);
}

/* gmtime() is not used: its thread-safe form has another name on each system,
   and some of them refuse late years. */
void utc_print(FILE *out, uint64_t seconds, uint32_t fraction, int digits) {
    uint64_t days = seconds / SECONDS_PER_DAY;
    unsigned second = (unsigned)(seconds % SECONDS_PER_DAY), month = 0;
    uint64_t repeats = days / DAYS_PER_400_YEARS;
    unsigned year = 1970;

    days %= DAYS_PER_400_YEARS;
    for (; days >= (is_leap_year(year) ? 366u : 365u); year++)
        days -= is_leap_year(year) ? 366 : 365;
    for (; days >= days_of_month(year, month); month++)
        days -= days_of_month(year, month);
    fprintf(out, "%04llu-%02u-%02uT%02u:%02u:%02u.%0*luZ",
            (unsigned long long)(year + 400 * repeats), month + 1,
            (unsigned)days + 1, second / 3600, second / 60 % 60, second % 60,
            digits, (unsigned long)fraction);
}
