/* The counts of a datapath: one addition for each message of the kernel or for
   each call, and none for each datagram. */
#ifndef DGRAM_DATAPATH_STATS_H
#define DGRAM_DATAPATH_STATS_H

#include "namespace.h"

#include "dgram_types.h"
#include "os/platform.h"

struct stats {
    dgram_stats counts;   /* except for `size`; a socket adds its own */
    uint32_t drops;       /* the kernel's count when it was read last */
    bool drops_are_known; /* otherwise receive_drops is DGRAM_STATS_UNKNOWN */
};

/* Counts start at the descriptor. Its drops so far are not counted. */
void stats_attach(struct stats *stats, dgram_fd fd);

/* Adds the drops since the last call. */
void stats_read_drops(struct stats *stats, dgram_fd fd);

/* Copies the counts that fit in the caller's `size`. */
int stats_copy(const struct stats *stats, dgram_stats *out);

/* A message of the kernel with so many datagrams is passed on. */
static inline void stats_received(struct stats *stats,
                                  const struct platform_in *message,
                                  uint32_t datagrams) {
    stats->counts.datagrams_received += datagrams;
    stats->counts.bytes_received += message->length;
    stats->counts.gro_messages += datagrams > 1;
    stats->counts.truncated += (message->flags & DGRAM_TRUNCATED) != 0;
}

#endif
