/* A cache of destinations to which the kernel refused GSO messages.

   The kernel refuses a GSO message if its segments exceed the path MTU, if the
   device has no checksum offload, or if a packet filter drops long packets. The
   same datagrams pass one at a time. The refusal is cached for that socket
   only: another socket may have other options and another route. The cache is
   small. If it loses an entry, that costs a refused system call, but no
   datagram. */
#ifndef DGRAM_DATAPATH_GSO_CACHE_H
#define DGRAM_DATAPATH_GSO_CACHE_H

#include "namespace.h"

#include <stdbool.h>

#include "dgram_types.h"

#define GSO_CACHE_SLOTS 64u

struct gso_cache_slot {
    dgram_address to;          /* the port is ignored */
    uint64_t owner;            /* the socket's serial number */
    uint64_t until;            /* milliseconds; 0: unused */
    uint32_t segment_size_max; /* bytes; 0: no GSO at all */
};

struct gso_cache {
    bool used; /* false: every slot is unused */
    struct gso_cache_slot slots[GSO_CACHE_SLOTS];
};

/* Returns the longest datagram that may be in a GSO message; UINT32_MAX: the
   cache has no entry. */
uint32_t gso_cache_segment_size_max(const struct gso_cache *cache,
                                    uint64_t owner, const dgram_address *to,
                                    uint64_t now);

/* A message with segments of `segment_size` was refused with `code`, and its
   datagrams pass one at a time. UV_EMSGSIZE and UV_EINVAL limit the size, other
   codes forbid GSO. Entries for codes that are not about the path expire
   sooner.
 */
void gso_cache_refused(struct gso_cache *cache, uint64_t owner,
                       const dgram_address *to, uint32_t segment_size, int code,
                       uint64_t now);

/* The path MTU was reported: limits datagrams in a GSO message to `size` bytes,
   unless the entry has a lower limit. */
void gso_cache_limit(struct gso_cache *cache, uint64_t owner,
                     const dgram_address *to, uint32_t size, uint64_t now);

#endif
