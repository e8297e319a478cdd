/* Measurements: rates, the order of sequence numbers, jitter. */
#ifndef CLI_MEASURE_STATS_H
#define CLI_MEASURE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The header of a datagram with a sequence number. */
#define STAMP_SIZE 24

struct stamp {
    uint32_t session; /* of the sender's run */
    uint64_t number;  /* from 0 */
    uint64_t time;    /* nanoseconds of the sender's clock */
};

/* Returns a session that other runs hardly have. */
uint32_t stamp_new_session(void);

void stamp_write(unsigned char *bytes, const struct stamp *stamp);

/* Returns false if the datagram has none. */
bool stamp_read(const unsigned char *bytes, size_t length,
                struct stamp *stamp_out);

#define ORDER_WINDOW (1u << 18) /* latest numbers whose arrival is recorded */

/* The sequence numbers of one sender. */
struct order {
    uint64_t first; /* lower numbers are not expected */
    uint64_t next;  /* one above the highest seen */
    uint64_t unique, duplicates, reordered;
    uint8_t seen[ORDER_WINDOW / 8]; /* of the numbers just below next */
};

/* Begins at `first` instead of 0. */
void order_begin(struct order *order, uint64_t first);

/* Records a number below UINT64_MAX. Returns false for a duplicate, and for a
   number that is too old to tell. */
bool order_note(struct order *order, uint64_t number);

uint64_t order_lost(const struct order *order);

/* Returns the share that was lost, from 0 to 100. */
double loss_percent(double lost, double received);

/* The interarrival jitter of RFC 3550 (section 6.4.1): how much the time on the
   way differs from datagram to datagram, smoothed. The clocks of both ends may
   differ, but must run at the same speed. */
struct jitter {
    uint64_t sent, received; /* of the previous datagram */
    bool has_previous;
    uint64_t count; /* differences */
    double nanoseconds;
};

/* Notes a datagram that was sent and received at these times, in nanoseconds.
   Datagrams that were sent at one time, in a batch, were one transmission: only
   the first that arrives counts. */
void jitter_note(struct jitter *jitter, uint64_t sent, uint64_t received);

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
