/* The destinations to which GSO messages were refused.

   A GSO message is refused as a whole when its segments are larger than the
   path MTU, when the device cannot do it (no checksum offload), or when a
   packet filter judges it by its length. The same datagrams pass one by one. So
   the refusal is remembered, for the socket that met with it: another socket
   may have other options, and another way. The cache is small and may forget:
   that costs a refused system call, never a datagram. */
#ifndef DGRAM_DATAPATH_GSO_CACHE_H
#define DGRAM_DATAPATH_GSO_CACHE_H

#include "namespace.h"

#include <stdbool.h>

#include "dgram_types.h"

#define GSO_CACHE_SLOTS 64u

struct gso_cache_slot {
    dgram_address to;          /* the host; its port does not count */
    uint64_t owner;            /* the socket's serial number */
    uint64_t until;            /* milliseconds; 0: unused */
    uint32_t segment_size_max; /* bytes; 0: no GSO at all */
};

struct gso_cache {
    bool used; /* any slot was ever filled; false saves the look-up */
    struct gso_cache_slot slots[GSO_CACHE_SLOTS];
};

/* Longest datagram that may be part of a GSO message. UINT32_MAX: nothing is
   known. */
uint32_t gso_cache_segment_size_max(const struct gso_cache *cache,
                                    uint64_t owner, const dgram_address *to,
                                    uint64_t now);

/* A message with segments of `segment_size` was refused with `code`, and its
   datagrams pass one by one. UV_EMSGSIZE and UV_EINVAL are for the size, other
   codes for any GSO message; those that are not for the path may not last. */
void gso_cache_refused(struct gso_cache *cache, uint64_t owner,
                       const dgram_address *to, uint32_t segment_size, int code,
                       uint64_t now);

#endif
