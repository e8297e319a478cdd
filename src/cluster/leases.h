/* The shared binds of a worker: those that wait for the primary, and those that
   have a descriptor of the primary. */
#ifndef DGRAM_CLUSTER_LEASES_H
#define DGRAM_CLUSTER_LEASES_H

#include "namespace.h"
#include "socket/bind.h"
#include "cluster/channel.h"

struct leases {
    struct bind_broker broker;
    struct loop *loop;       /* the worker's */
    struct channel *channel; /* to the primary; the worker's */
    struct list list;
    uint64_t last_id;
    bool lost;     /* the primary is gone */
    bool draining; /* the worker ends: sockets are paused, and the primary keeps
                      them for a replacement */
};

void leases_init(struct leases *leases, struct loop *loop,
                 struct channel *channel);

/* Handles an ANSWER of the primary. `fd` is the callee's, or -1. */
void leases_answer_arrived(struct leases *leases,
                           const struct protocol_message *message, int fd);

/* The connection to the primary has ended. Nothing more is sent to it.
 */
void leases_lose_primary(struct leases *leases);
bool leases_have_lost_primary(const struct leases *leases);

/* Fails a bind that waits for its answer. Returns false if none waits. */
bool leases_fail_next(struct leases *leases);

/* Pauses all sockets, and with `closes` closes those whose send queue is empty.
   Returns how many sockets are open. */
unsigned leases_drain(struct leases *leases, bool closes);
bool leases_are_draining(const struct leases *leases);

/* Frees the leases. Their sockets stay open and keep their descriptors. */
void leases_free(struct leases *leases);

#endif
