/* A datapath: one descriptor, the features of the kernel for it, and the
   refusals so far. */
#ifndef DGRAM_DATAPATH_DATAPATH_H
#define DGRAM_DATAPATH_DATAPATH_H

#include "namespace.h"

#include "dgram_datapath.h"
#include "datapath/gso_cache.h"
#include "datapath/offload.h"
#include "datapath/path_errors.h"
#include "datapath/peer_errors.h"
#include "datapath/stats.h"
#include "os/clock.h"
#include "os/platform.h"

#define DATAGRAM_SIZE_MAX 65527u /* UDP's own limit; IPv4's is 65507 */

/* A refused GSO message, while its datagrams are sent one at a time. */
struct refused_message {
    uint8_t left;   /* datagrams of it that are not sent yet */
    uint8_t blamed; /* datagrams after the one that failed with an error of the
                       peer: a second one does not fail for this reason */
    uint16_t size;  /* bytes of each */
    int16_t code;   /* why; 0: it is not to be cached */
    uint16_t host;  /* a hash of their destination */
};

struct dgram_datapath {
    dgram_fd fd;           /* -1: none */
    bool owned;            /* it is closed by dgram_datapath_destroy() */
    bool shared;           /* other processes read the descriptor */
    bool connected;        /* to *peer */
    bool is_unix;          /* a Unix socket */
    bool gro;              /* is on */
    uint8_t eagain_count;  /* UV_EAGAIN in a row */
    uint8_t segments_max;  /* of a sent message; 1: no GSO */
    uint8_t longer_max;    /* segments_max before a refusal that may have been
                              for the length of a message; 0: none was */
    uint8_t received;      /* messages, by the latest successful call */
    uint8_t receive_info;  /* requested for received datagrams, DGRAM_INFO_* */
    uint8_t info_enabled;  /* by the datapath, on a descriptor not owned */
    uint32_t owner;        /* in the cache */
    struct offload policy; /* what the program wants */
    dgram_address *peer;   /* memory for the peer; undefined unless connected */
    struct peer_errors peer_errors;
    struct path_errors path_errors;
    struct refused_message refused;
    struct stats stats;
    struct gso_cache *gso_cache; /* may be shared with other datapaths */
};

/* Initializes a datapath without a descriptor. */
void datapath_init(dgram_datapath *datapath, const struct offload *policy,
                   dgram_address *peer, struct gso_cache *cache,
                   uint32_t owner);

/* Attaches a descriptor, which remains the caller's and has no peer. */
void datapath_attach(dgram_datapath *datapath, dgram_fd fd);

/* Detaches the descriptor. */
static inline void datapath_detach(dgram_datapath *datapath) {
    datapath->fd = -1;
}

/* Returns the longest datagram that the library passes to the kernel, which may
   refuse a shorter one. */
static inline size_t datapath_size_max(const dgram_datapath *datapath) {
    return datapath->is_unix ? INT32_MAX : DATAGRAM_SIZE_MAX;
}

/* Whether the policy allows GRO. */
static inline bool datapath_wants_gro(const dgram_datapath *datapath) {
    const struct offload *policy = &datapath->policy;
    bool asks_headers =
        (datapath->receive_info & (DGRAM_INFO_TOS | DGRAM_INFO_TTL)) != 0;

    return policy->gro && !datapath->is_unix &&
           !(policy->gro_mixes_headers && asks_headers);
}

/* The descriptor was connected to the peer, or disconnected (NULL). */
void datapath_connected(dgram_datapath *datapath, const dgram_address *peer);

/* Clears the pending error of the descriptor (SO_ERROR). */
void datapath_clear_pending_error(dgram_datapath *datapath);

/* Turns GRO on or off. Queued messages may remain coalesced. */
int datapath_set_gro(dgram_datapath *datapath, bool on);

/* Further conditions of a socket for its datagrams. */
struct send_rules {
    uint16_t family; /* of the destination, which has a port; if the descriptor
                        has a peer there is no destination */
    uint16_t flags;  /* that are allowed */
};

/* Sends datagrams as dgram_datapath_send() does, up to the first that violates
   the rules, has parts or a host, or fails. The caller therefore need not check
   them first, or read a status of each. Returns how many were sent. *code_out
   is 0, or the code of the next datagram: UV_EAGAIN or UV_ENOBUFS if it may be
   sent later; another code if it failed. */
size_t datapath_send_until_failure(dgram_datapath *datapath,
                                   const struct send_rules *rules,
                                   const dgram_outgoing *messages, size_t count,
                                   int *code_out);

/* Empties the buffers and prepares the first `count` messages. A caller that
   fills some itself sets buffers->received. */
struct platform_in *datapath_empty(const dgram_datapath *datapath,
                                   dgram_buffers *buffers, uint32_t count);

/* Milliseconds, for the cache of refused messages. */
static inline uint64_t datapath_now(void) {
    return clock_nanoseconds() / 1000000u;
}

/* Combines the options of the program, the environment and the kernel. */
struct offload datapath_policy(dgram_offload mode, uint32_t segments_max);

/* Whether it consists of DGRAM_INFO_* only. */
bool datapath_is_info_valid(uint32_t receive_info);

/* Returns UV_ENOTSUP if a descriptor of UDP, or of a Unix socket, cannot report
   all of the information, else 0. */
int datapath_check_info(bool is_unix, uint32_t receive_info);

/* Lets the kernel report the requested information, on a descriptor that is not
   attached yet. Returns what was not enabled before, or a code. */
int datapath_enable_info(const dgram_datapath *datapath, dgram_fd fd);

#endif
