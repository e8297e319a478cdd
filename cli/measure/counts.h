/* What an end of a measurement received: sums and how they are printed. */
#ifndef CLI_MEASURE_COUNTS_H
#define CLI_MEASURE_COUNTS_H

#include <stdio.h>

#include "measure/control.h"

/* The sum of streams; begin with COUNTS_NONE. */
struct counts_sum {
    struct control_counts counts; /* ns: the longest; jitter_ns: the mean;
                                     dropped: the highest */
    uint64_t jitters;             /* streams with a jitter */
};

#define COUNTS_NONE                                                            \
    {                                                                          \
        .counts = {.jitter_ns = CONTROL_UNKNOWN, .dropped = CONTROL_UNKNOWN }  \
    }

void counts_add(struct counts_sum *sum, const struct control_counts *counts);

/* What is known of the datagrams. */
struct counts_known {
    bool check;    /* they had numbers */
    uint64_t sent; /* how many were sent, or 0 */
};

/* Print "N datagrams in S s: ...; N lost (P%), ..." without an end of line, and
   the members of a JSON object. */
void counts_print(FILE *out, const struct control_counts *counts,
                  struct counts_known known);
void counts_print_json(FILE *out, const struct control_counts *counts,
                       struct counts_known known);

#endif
