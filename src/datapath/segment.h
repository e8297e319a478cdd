/* Many datagrams as one system message: runs of equal datagrams out (GSO), and
   coalesced messages in (GRO). No system call here. */
#ifndef DGRAM_DATAPATH_SEGMENT_H
#define DGRAM_DATAPATH_SEGMENT_H

#include "namespace.h"
#include "os/platform.h"
#include "datapath/gso_cache.h"
#include "datapath/retryq.h"
#include "datapath/sendq.h"

#define SEGMENT_MESSAGES_MAX RUNS_FULL /* messages of one system call */
#define SEGMENT_PARTS_MAX 256u         /* of runs that do not leave whole */

/* Messages being built for one system call. */
struct segment_batch {
    struct platform_out messages[SEGMENT_MESSAGES_MAX];
    uint32_t datagrams[SEGMENT_MESSAGES_MAX]; /* how many each carries */
    struct iovec parts[SEGMENT_PARTS_MAX];
    uint32_t count, part_count;
};

/* What runs may look like on this socket at this moment. */
struct segment_rules {
    uint32_t segments_max; /* of the platform, 1: no runs */
    bool local_only;       /* runs only to destinations on this host */
    const struct gso_cache *gso_cache;
    uint64_t owner;              /* in the cache */
    const struct retryq *retryq; /* whose destinations wait; NULL: none */
    const dgram_address *peer;   /* connected to, or NULL */
    uint64_t now;                /* milliseconds */
};

/* Builds messages from the unsent runs of a chunk, in order, up to the end of
   the chunk, a full batch, a datagram that is refused, or one that must wait
   for others to its destination. */
void segment_build(struct segment_batch *batch, const struct sendq_chunk *chunk,
                   const struct segment_rules *rules);

/* How many datagrams a received message holds: always at least one. */
uint32_t segment_count(const struct platform_in *in);

/* The datagram at `index` of a received message, cut to `size_max` bytes; 0: as
   long as it is. */
void segment_get(const struct platform_in *in, uint32_t index,
                 uint32_t size_max, dgram_message *out);

#endif
