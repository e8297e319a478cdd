/* A sparkline: small bars in a line. */
#ifndef CLI_PING_SPARK_H
#define CLI_PING_SPARK_H

#include <stdbool.h>
#include <stddef.h>

#define SPARK_MAX 120 /* bars */
#define SPARK_TEXT_MAX 1536

/* Instead of a value. */
#define SPARK_LOST -1.0
#define SPARK_PENDING -2.0 /* a space */

struct spark {
    const double *values; /* `count` of them, the oldest first */
    size_t count;
    bool utf8;                      /* else ASCII */
    const char *lost_on, *lost_off; /* around the marks of those lost */
};

/* Writes a bar for each value. The scale is logarithmic, so that one very long
   bar leaves the others different. It reaches from the least value to the
   greatest, and at least to twice the least, so that small differences look
   small. Writes fewer bars if `out` is too small for all. */
void spark_write(const struct spark *spark, char *out, size_t size);

#endif
