/* Sequence numbers and times of several floods, at once or one after the
   other. */
#ifndef CLI_MEASURE_SENDERS_H
#define CLI_MEASURE_SENDERS_H

#include <dgram.h>

#include "measure/jitter.h"
#include "measure/order.h"

#define SENDERS_MAX 256    /* floods at once */
#define SENDER_IDLE_MS 100 /* after which another may take its place */
#define FORGOTTEN_MAX 4096 /* known senders without a place */

/* A number that is higher than the next one by so much is forged. */
#define NUMBER_AHEAD_MAX (UINT64_C(1) << 32)

/* What came from a sender, or from all of them. */
struct sender_counts {
    uint64_t received; /* each number once */
    uint64_t lost;     /* numbers that have not arrived; a late one may */
    uint64_t reordered, duplicates;
    double jitter_ms; /* of all: the mean of those that have one */
    size_t jitters;   /* how many have one: it needs two times */
};

struct senders {
    uint32_t ids[SENDERS_MAX];     /* stamp.session */
    uint64_t seen_at[SENDERS_MAX]; /* milliseconds */
    struct order *orders;
    struct jitter *jitters;
    size_t count, latest;
    struct sender_counts past; /* of senders without a place */
    struct forgotten {         /* these senders */
        uint32_t id;
        uint64_t next; /* number that is due; 0: unused */
    } * forgotten;
    uint64_t unstamped; /* datagrams without a sender */
};

/* Returns false without memory. */
bool senders_begin(struct senders *senders);
void senders_end(struct senders *senders);

/* Counts a datagram. `now` is the time of the loop in milliseconds. `received`
   is its arrival in nanoseconds: see clock_arrival(). Returns the place of
   its sender, or SENDERS_MAX if it has none. A sender whose first number is
   above NUMBER_AHEAD_MAX began long ago: its earlier datagrams are not lost. */
size_t senders_note(struct senders *senders, const unsigned char *bytes,
                    size_t length, uint64_t now, uint64_t received);

/* The counts of a place below senders->count, and of all senders that were ever
   seen. */
struct sender_counts senders_get(const struct senders *senders, size_t place);
struct sender_counts senders_sum(const struct senders *senders);

/* Returns the share of the datagrams that were lost, from 0 to 100. */
double sender_loss_percent(const struct sender_counts *counts);

#endif
