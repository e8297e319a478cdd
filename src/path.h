/* What the way to a destination has refused.

   A run of datagrams is refused as a whole when its segments are larger than
   the path MTU, or when the device cannot do it (no checksum offload). The same
   datagrams go out well one by one. So the refusal is remembered for the
   destination, for as long as the kernel remembers a path MTU. The memory is
   small and may forget: that costs a refused system call, never a datagram. */
#ifndef DGRAM_PATH_H
#define DGRAM_PATH_H

#include <stdbool.h>

#include "dgram.h"

#define PATH_SLOTS 64u

struct path_slot {
    dgram_address to;
    uint32_t segment_size_max; /* 0: no runs at all */
    uint64_t until;            /* milliseconds; 0: unused */
};

struct path_memory {
    bool used; /* any slot ever filled; false saves the look-up */
    struct path_slot slots[PATH_SLOTS];
};

/* Longest datagram that may be part of a run. UINT32_MAX: nothing known. */
uint32_t path_segment_size_max(const struct path_memory *memory,
                               const dgram_address *to, uint64_t now);

/* A run of datagrams of `segment_size` was refused: with UV_EIO for what the
   device is, else for its size. */
void path_refused(struct path_memory *memory, const dgram_address *to,
                  uint32_t segment_size, int code, uint64_t now);

/* A datagram alone was refused as a run would be, so the refusal was about
   something else: a route that leads nowhere. */
void path_forget(struct path_memory *memory, const dgram_address *to);

#endif
