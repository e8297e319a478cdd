/* Times as RFC 3339 writes them. */
#ifndef CLI_OUTPUT_UTC_H
#define CLI_OUTPUT_UTC_H

#include <stdint.h>
#include <stdio.h>

#define UTC_MICROSECONDS 6 /* digits */
#define UTC_NANOSECONDS 9

/* Prints "2026-11-29T05:30:00.000001Z": so many seconds after the start of
   1970, with a fraction of so many digits. Later than the year 9999, which RFC
   3339 does not have, the year gets more digits. */
void utc_print(FILE *out, uint64_t seconds, uint32_t fraction, int digits);

#endif
