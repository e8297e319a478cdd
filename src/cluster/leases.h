/* What a worker has of its primary: the binds of its loop that were asked for,
   and the sockets that came. */
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
    bool lost;   /* the primary is gone */
    bool ending; /* sockets are read no more, and a replacement may come */
};

void leases_init(struct leases *leases, struct loop *loop,
                 struct channel *channel);

/* Takes what the primary answered; the descriptor, or -1, is the callee's. */
void leases_answer_arrived(struct leases *leases,
                           const struct protocol_message *message, int fd);

/* The next bind that waits fails; one whose socket is closed is nobody's.
   Returns false if there is none. */
bool leases_fail_next(struct leases *leases);

/* The worker is to end: pauses all, and with `closes` closes what has nothing
   to send. Returns how many are left. */
unsigned leases_drain(struct leases *leases, bool closes);

/* Forgets all; their sockets are the process's own from here on. */
void leases_free(struct leases *leases);

#endif
