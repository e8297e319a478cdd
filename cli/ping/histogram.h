/* A histogram of round trips. */
#ifndef CLI_PING_HISTOGRAM_H
#define CLI_PING_HISTOGRAM_H

#include <stdint.h>
#include <stdio.h>

#include "ping/times.h"

#define HISTOGRAM_ROWS_MAX 10 /* and one for all above */

struct histogram {
    double first, step; /* milliseconds */
    int rows;           /* up to the last row that is not empty */
    uint64_t counts[HISTOGRAM_ROWS_MAX + 1];
};

/* Needs sorted times, at least one. All rows have the same round width. 95 % of
   the times are below the row for all above. */
void histogram_fill(struct histogram *histogram, const struct times *times);

/* Prints a line for each row, with a bar. */
void histogram_print(FILE *out, const struct histogram *histogram);

/* Prints an array of {"from_ms", "to_ms", "count"}; to_ms is null for the row
   of all above. */
void histogram_print_json(FILE *out, const struct histogram *histogram);

#endif
