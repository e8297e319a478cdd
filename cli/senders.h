/* Sequence numbers of several floods, at once or one after the other. */
#ifndef CLI_SENDERS_H
#define CLI_SENDERS_H

#include "stats.h"

#define SENDERS_MAX 256    /* floods at once */
#define SENDER_IDLE_MS 100 /* after which another may take its place */
#define FORGOTTEN_MAX 4096 /* known senders without a place */
#define NUMBER_AHEAD_MAX                                                       \
    (UINT64_C(1)                                                               \
     << 32) /* above the previous number; beyond that it is forged */

struct senders {
    uint32_t ids[SENDERS_MAX];     /* stamp.session */
    uint64_t seen_at[SENDERS_MAX]; /* milliseconds */
    struct order *orders;
    size_t count, latest;
    uint64_t lost, reordered, duplicates; /* of senders without a place */
    struct forgotten {                    /* these senders */
        uint32_t id;
        uint64_t next; /* number that is due; 0: unused */
    } * forgotten;
    uint64_t unstamped; /* datagrams without a sender */
};

/* Returns false without memory. */
bool senders_begin(struct senders *senders);
void senders_end(struct senders *senders);

/* Counts a datagram that was received at `now`. A sender whose first number is
   above NUMBER_AHEAD_MAX began long ago: its earlier datagrams are not lost. */
void senders_note(struct senders *senders, const unsigned char *bytes,
                  size_t length, uint64_t now);

/* Return the sums for all senders. */
uint64_t senders_lost(const struct senders *senders);
uint64_t senders_reordered(const struct senders *senders);
uint64_t senders_duplicates(const struct senders *senders);

#endif
