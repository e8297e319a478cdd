/* One descriptor: what the kernel does for it, and what it has refused. */
#ifndef DGRAM_DATAPATH_DATAPATH_H
#define DGRAM_DATAPATH_DATAPATH_H

#include "namespace.h"

#include "dgram_datapath.h"
#include "datapath/gso_cache.h"
#include "datapath/offload.h"
#include "datapath/peer_errors.h"
#include "os/platform.h"

#define DATAGRAM_SIZE_MAX 65527u /* UDP's own limit; IPv4's is 65507 */

/* A GSO message that was refused, while its datagrams are sent. */
struct refused_message {
    uint8_t left;   /* datagrams of it that are still to be sent */
    uint8_t blamed; /* datagrams behind one that took such a code for the
                       peer's pending error: a second one is not that */
    uint16_t size;  /* bytes of each */
    int16_t code;   /* why; 0: nothing is to be remembered */
    uint16_t host;  /* a hash of where they go */
};

struct dgram_datapath {
    int fd;                /* -1: none */
    bool owned;            /* it is closed with the datapath */
    bool shared;           /* others read the descriptor, too */
    bool connected;        /* to *peer */
    bool gro;              /* is on */
    uint8_t starved;       /* UV_EAGAIN in a row, nothing taken in between */
    uint8_t segments_max;  /* of a message sent; 1: no GSO */
    uint8_t received;      /* messages, by the latest call that found some */
    uint32_t owner;        /* in the cache */
    struct offload policy; /* what is asked for */
    dgram_address *peer;   /* where it stands; what is there if not connected
                              does not matter */
    struct peer_errors peer_errors;
    struct refused_message refused;
    struct gso_cache *gso_cache; /* others may use it, too */
};

/* Prepares a datapath that has no descriptor yet. */
void datapath_init(dgram_datapath *datapath, const struct offload *policy,
                   dgram_address *peer, struct gso_cache *cache,
                   uint32_t owner);

/* Takes a descriptor up, which stays the caller's; its peer is not asked for.
 */
void datapath_attach(dgram_datapath *datapath, int fd);

/* The descriptor is no longer the datapath's. */
static inline void datapath_detach(dgram_datapath *datapath) {
    datapath->fd = -1;
}

/* Whether the policy is to receive with GRO. */
static inline bool datapath_wants_gro(const dgram_datapath *datapath) {
    return datapath->policy.gro;
}

/* The descriptor was connected to `peer`, or NULL: disconnected. */
void datapath_connected(dgram_datapath *datapath, const dgram_address *peer);

/* Switches GRO. What waits already may still be coalesced. */
int datapath_set_gro(dgram_datapath *datapath, bool on);

/* What a socket asks of its datagrams, besides what any datapath does. */
struct send_rules {
    sa_family_t family; /* of the destination, which has a port; a descriptor
                           with a peer is given none */
    uint16_t flags;     /* that they may have */
};

/* Sends datagrams as dgram_datapath_send() does, up to the first that breaks
   the rules, has parts or a host, or fails. So nobody needs to look at them
   before, nor at a status for each behind. Returns how many were sent.
   *code_out is 0, or what the next one met with: UV_EAGAIN or UV_ENOBUFS if it
   may be sent later; another code if it has failed. */
size_t datapath_send_until_failure(dgram_datapath *datapath,
                                   const struct send_rules *rules,
                                   const dgram_outgoing *messages, size_t count,
                                   int *code_out);

/* Empties buffers, and prepares the first `count` messages. Whoever fills some
   without the kernel notes that in buffers->received. */
struct platform_in *datapath_empty(dgram_buffers *buffers, uint32_t count);

/* Milliseconds, for the memory of refused messages. */
uint64_t datapath_now(void);

/* What the policy of a process and a program come to on this kernel. */
struct offload datapath_policy(dgram_offload mode, uint32_t segments_max);

#endif
