/* The offload policy of a socket: how far the kernel may batch its datagrams.
   GSO sends several datagrams as one message; GRO receives several as one. */
#ifndef DGRAM_DATAPATH_OFFLOAD_H
#define DGRAM_DATAPATH_OFFLOAD_H

#include "namespace.h"

#include <stdbool.h>
#include <stdint.h>

#include "dgram_types.h"

struct offload {
    uint32_t segments_max; /* of a GSO message; 1: no GSO */
    bool local_only;       /* GSO only to destinations on this host */
    bool gro;
};

/* What DGRAM_OFFLOAD asks of every socket of the process. */
struct offload_override {
    bool off;              /* no offload, whatever the program asks */
    bool on;               /* automatic becomes on */
    uint32_t segments_max; /* a further bound; 0: none */
};

/* Reads a value of DGRAM_OFFLOAD; NULL and "" ask nothing. Offload can always
   be switched off without harm, so that is what an unknown value does. */
struct offload_override offload_parse(const char *text);

/* The environment of the process, read at the first call. */
struct offload_override offload_environment(void);

/* Whether kernels of this release corrupt GSO packets that leave the host. */
bool offload_corrupts(const char *kernel_release);

/* Combines what the program asks, the environment, and the kernel's release.
   Values of `mode` are those that options may hold. */
struct offload offload_decide(dgram_offload mode, uint32_t segments_max,
                              struct offload_override override,
                              const char *kernel_release);

#endif
