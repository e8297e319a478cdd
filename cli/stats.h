/* What is measured: rates, the order of sequence numbers, times. */
#ifndef CLI_STATS_H
#define CLI_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The head of a datagram that carries a sequence number. */
#define STAMP_SIZE 24

struct stamp {
    uint32_t session; /* of the sender's run */
    uint64_t number;  /* from 0 */
    uint64_t time;    /* nanoseconds of the sender's clock */
};

void stamp_write(unsigned char *bytes, const struct stamp *stamp);

/* False if the datagram carries none. */
bool stamp_read(const unsigned char *bytes, size_t length,
                struct stamp *stamp_out);

#define ORDER_WINDOW                                                           \
    (1u << 18) /* numbers for which it is known whether they came */

/* What has come of one sender's numbers. */
struct order {
    uint64_t first; /* what is below is not awaited */
    uint64_t next;  /* one above the highest seen */
    uint64_t unique, duplicates, reordered;
    uint8_t seen[ORDER_WINDOW / 8]; /* of the numbers just below next */
};

/* Begins behind the numbers below `first`, instead of at 0. */
void order_begin(struct order *order, uint64_t first);

/* Notes a number below UINT64_MAX. Returns false for a duplicate, and for one
   that is so old that it is taken for one. */
bool order_note(struct order *order, uint64_t number);

uint64_t order_lost(const struct order *order);

/* Growing list of times in milliseconds. */
struct times {
    double *values;
    size_t count, room;
    double jitter; /* mean difference of neighbours */
};

/* Returns false without memory. */
bool times_add(struct times *times, double milliseconds);

/* Of sorted times; `share` from 0 to 1. */
double times_share(const struct times *times, double share);
double times_mean(const struct times *times);
void times_sort(struct times *times);

/* Datagrams over a time. */
struct rate {
    uint64_t datagrams, bytes;
    double seconds;
};

double rate_kpps(const struct rate *rate);
double rate_gbps(const struct rate *rate);

/* "N datagrams in S s: K kpps, G Gbit/s", and the members of a JSON object. */
void rate_print(FILE *out, const struct rate *rate);
void rate_print_json(FILE *out, const struct rate *rate);

/* What the latest row told. */
struct rate_row {
    struct rate told;
    uint64_t started, time; /* nanoseconds */
};

#define RATE_ROW_HEADING "    seconds     datagrams         kpps       Gbit/s"

void rate_row_begin(struct rate_row *row);

/* The row that is printed next is the last: it has the rate of the whole. */
void rate_row_end(struct rate_row *row);

/* Prints the time, the datagrams, and the rate since the latest row. */
void rate_row_print(FILE *out, struct rate_row *row, const struct rate *total);

#endif
