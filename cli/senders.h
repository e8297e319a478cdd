/* What has come of the numbers of several floods, at once or in turn. */
#ifndef CLI_SENDERS_H
#define CLI_SENDERS_H

#include "stats.h"

#define SENDERS_MAX 256    /* floods at once */
#define SENDER_IDLE_MS 100 /* after which another may take its place */
#define FORGOTTEN_MAX 4096 /* senders without a place of which one is known */
#define NUMBER_AHEAD_MAX                                                       \
    (UINT64_C(1) << 32) /* of the numbers before; what is beyond is forged */

struct senders {
    uint32_t ids[SENDERS_MAX];   /* stamp.session */
    uint64_t heard[SENDERS_MAX]; /* milliseconds */
    struct order *orders;
    size_t count, latest;
    uint64_t lost, reordered, duplicates; /* of those that lost their place, */
    struct forgotten {                    /* and where they go on */
        uint32_t id;
        uint64_t next; /* 0: none */
    } * forgotten;
    uint64_t unstamped; /* datagrams that count for no sender */
};

/* Returns false without memory. */
bool senders_begin(struct senders *senders);
void senders_end(struct senders *senders);

/* Notes a datagram that came at `now`. A sender whose first number is beyond
   NUMBER_AHEAD_MAX has long been under way: what it sent before is not lost. */
void senders_note(struct senders *senders, const unsigned char *bytes,
                  size_t length, uint64_t now);

/* Of all that were ever noted. */
uint64_t senders_lost(const struct senders *senders);
uint64_t senders_reordered(const struct senders *senders);
uint64_t senders_duplicates(const struct senders *senders);

#endif
