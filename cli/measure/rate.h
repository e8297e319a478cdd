/* How many datagrams and bytes a second, and how that is printed. */
#ifndef CLI_MEASURE_RATE_H
#define CLI_MEASURE_RATE_H

#include <stdint.h>
#include <stdio.h>

/* Datagrams over a time. */
struct rate {
    uint64_t datagrams, bytes;
    double seconds;
};

double rate_kpps(const struct rate *rate);
double rate_gbps(const struct rate *rate);

/* Print "N datagrams in S s: K kpps, G Gbit/s", with Mbit/s below one Gbit/s,
   and the members of a JSON object. */
void rate_print(FILE *out, const struct rate *rate);
void rate_print_json(FILE *out, const struct rate *rate);

/* The row on a terminal. */
struct rate_row {
    struct rate printed;    /* in the latest row */
    uint64_t started, time; /* nanoseconds */
};

#define RATE_ROW_HEADING "    seconds     datagrams         kpps       Mbit/s"

void rate_row_begin(struct rate_row *row);

/* The next row is the last, with the rate of the whole time. */
void rate_row_end(struct rate_row *row);

/* Draws the time, the datagrams, and the rate since the previous row. */
void rate_row_draw(struct rate_row *row, const struct rate *total);

#endif
