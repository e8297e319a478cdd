/* The offload policy of a socket: how far the kernel may batch its datagrams.
   GSO sends several datagrams as one message; GRO receives several as one. */
#ifndef DGRAM_DATAPATH_OFFLOAD_H
#define DGRAM_DATAPATH_OFFLOAD_H

#include "namespace.h"

#include <stdbool.h>
#include <stdint.h>

#include "dgram_types.h"

/* Datagrams that every system with GSO accepts as one message. */
#define OFFLOAD_SEGMENTS_PORTABLE 64u

struct offload {
    uint32_t segments_max; /* of a GSO message; 1: no GSO */
    bool local_only;       /* GSO only to destinations on this host */
    bool gro;
    bool gro_mixes_headers; /* coalesced datagrams may differ in TOS and TTL */
};

/* What DGRAM_OFFLOAD sets for every socket of the process. */
struct offload_override {
    bool off;              /* no offload, whatever the program sets */
    bool on;               /* automatic becomes on */
    uint32_t segments_max; /* a further limit; 0: none */
};

/* Parses DGRAM_OFFLOAD. NULL, "" and "auto" set nothing. An unknown value turns
   offload off, which is always safe. */
struct offload_override offload_parse(const char *text);

/* Returns what the environment sets. It is read by the first call. */
struct offload_override offload_environment(void);

/* Whether kernels of this release corrupt GSO packets that leave the host. */
bool offload_corrupts(const char *kernel_release);

/* Whether kernels of this release coalesce datagrams that differ in TOS or TTL.
   Older releases may have the change of Linux 6.9, too. */
bool offload_mixes_headers(const char *kernel_release);

/* Returns how many datagrams a kernel of this release accepts as one message,
   or UINT32_MAX if the release sets no limit. */
uint32_t offload_segments_max(const char *kernel_release);

/* Combines the options of the program, the environment and the release of the
   kernel. `mode` is valid. */
struct offload offload_decide(dgram_offload mode, uint32_t segments_max,
                              struct offload_override override,
                              const char *kernel_release);

#endif
