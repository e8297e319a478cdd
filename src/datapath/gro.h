/* A message of the system as the datagrams that it was coalesced of (GRO). */
#ifndef DGRAM_DATAPATH_GRO_H
#define DGRAM_DATAPATH_GRO_H

#include "namespace.h"
#include "os/platform.h"

/* How many datagrams a received message holds: always at least one. */
uint32_t gro_count(const struct platform_in *in);

/* Gives up to `max` datagrams of a message from `first` on. Returns how many.
 */
uint32_t gro_split(const struct platform_in *in, uint32_t first,
                   dgram_message *datagrams, size_t max);

#endif
