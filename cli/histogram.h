/* How round trips spread. */
#ifndef CLI_HISTOGRAM_H
#define CLI_HISTOGRAM_H

#include "stats.h"

#define HISTOGRAM_ROWS_MAX 10 /* and one for all that is above */

struct histogram {
    double first, step; /* milliseconds */
    int rows;           /* up to the last that is not empty */
    size_t counts[HISTOGRAM_ROWS_MAX + 1];
};

/* Of sorted times, one at least. Rows are equally wide, by a round number; 95
   of 100 times lie below the row for all that is above. */
void histogram_fill(struct histogram *histogram, const struct times *times);

/* A line for each row, with a bar. */
void histogram_print(FILE *out, const struct histogram *histogram);

/* An array of {"from_ms", "to_ms", "count"}; to_ms is null for all above. */
void histogram_print_json(FILE *out, const struct histogram *histogram);

#endif
