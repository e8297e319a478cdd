/* Splitting a received message into the datagrams that the kernel coalesced
 * (GRO).
 */
#ifndef DGRAM_DATAPATH_GRO_H
#define DGRAM_DATAPATH_GRO_H

#include "namespace.h"
#include "os/platform.h"

/* Returns how many datagrams a received message has, at least one. */
uint32_t gro_count(const struct platform_in *in);

/* Stores up to `max` datagrams of a message, from the one of number `first` on.
   Returns how many. */
uint32_t gro_split(const struct platform_in *in, uint32_t first,
                   dgram_message *datagrams, size_t max);

#endif
