/* What a socket has still to send, and what it has sent but not yet reported.

   Datagrams stand in chunks, as the datapath takes them, with their copied
   payloads, their destinations, and whom to report to. A chunk comes from a
   pool that the sockets of a loop share and goes back when its last datagram is
   done with, so a socket at rest holds none and a busy one allocates nothing.
   The first chunk of a burst is small; when that overflows, large ones follow,
   and the next burst begins large: with places for many datagrams, or for few
   that are long.

   A datagram is first unsent, then done with (its status is known), then
   reported, always in order. Only those with a callback, and failed ones, are
   kept to be reported. */
#ifndef DGRAM_LOOP_SENDQ_H
#define DGRAM_LOOP_SENDQ_H

#include "namespace.h"

#include "dgram.h"
#include "util/list.h"

#define SENDQ_FULL 64u /* what one system call takes, if all differ */
#define DATAGRAM_COST                                                          \
    256u /* bytes that keeping one takes, about, besides                       \
            its payload; dgram.h names it, too */

/* A datagram on its way into the queue. */
struct sendq_item {
    const dgram_address *to;
    const dgram_buffer *parts;
    size_t part_count;
    size_t length; /* of all parts */
    bool no_copy;  /* in one part, which stays until the datagram is sent */
    int status;    /* 0, or the code it is refused with */
    dgram_send_cb cb;
    void *data;
};

/* What is to be reported of one datagram. */
struct sendq_report {
    dgram_send_cb cb; /* NULL: nobody asked */
    void *data;
    int status; /* bytes, or a negative code */
};

/* A datagram that stands in the queue. */
struct sendq_datagram {
    const dgram_address *to;
    const unsigned char *payload; /* NULL if length is 0 */
    size_t length;
    dgram_send_cb cb; /* NULL: nobody asked */
    void *data;
};

enum sendq_kind { CHUNK_SMALL, CHUNK_MANY, CHUNK_LONG, CHUNK_KINDS };

struct sendq_chunk {
    struct list node;
    dgram_outgoing *messages;
    dgram_address *addresses; /* of messages; equal neighbours share one */
    dgram_send_cb *cbs;
    int *status;         /* 0, or what the datagram is refused with */
    unsigned char *slab; /* copied payloads */
    enum sendq_kind kind;
    uint32_t datagrams_max, slab_size;
    uint32_t datagrams, address_count; /* of this chunk */
    uint32_t slab_used;                /* bytes */
    uint32_t next;                     /* the first that is unsent */
    uint32_t report_next;              /* where to look for the next report */
    uint32_t waiting;                  /* done with, and to be reported */
    uint32_t refused;                  /* unsent ones that are refused */
    uint32_t changes; /* of length or destination, among the unsent */
};

struct sendq {
    struct list unsent; /* chunks with unsent datagrams */
    struct list sent;   /* chunks all done with, something to be reported */
    size_t count;       /* unsent datagrams */
    size_t size;        /* their bytes */
    size_t cost;        /* bytes that all take until they are reported */
    uint32_t waiting;   /* done with, to be reported, in both lists */
    bool large;         /* the last burst overflowed a small chunk */
    bool full;          /* enough stands here to be worth a system call */
};

/* Free chunks, for all sockets of a loop. */
struct sendq_pool {
    struct list free[CHUNK_KINDS];
    unsigned count[CHUNK_KINDS];
};

void sendq_pool_init(struct sendq_pool *pool);
void sendq_pool_free(struct sendq_pool *pool);

void sendq_init(struct sendq *q);

/* Puts the parts of a payload together. */
void sendq_gather(const struct sendq_item *item, unsigned char *out);

/* Adds a datagram, its payload copied unless item->no_copy. UV_ENOMEM. */
int sendq_push(struct sendq *q, struct sendq_pool *pool,
               const struct sendq_item *item);

/* The chunk with the first unsent datagram, messages[next]; NULL: none. */
struct sendq_chunk *sendq_first(const struct sendq *q);

/* How many of its unsent datagrams stand before the first refused one. */
uint32_t sendq_sendable(const struct sendq_chunk *chunk);

/* The first `count` unsent datagrams of the first chunk are done with: sent, or
   what chunk->status says. */
void sendq_done(struct sendq *q, struct sendq_pool *pool, uint32_t count);

/* The first unsent datagram has failed. */
void sendq_failed(struct sendq *q, struct sendq_pool *pool, int status);

/* The first unsent datagram. There must be one. */
struct sendq_datagram sendq_peek(const struct sendq *q);

/* Forgets the first unsent datagram: it is not reported. */
void sendq_skip(struct sendq *q, struct sendq_pool *pool);

/* For datagrams that are sent without standing here: makes space for the
   reports of up to `count`, while nothing is unsent. Returns for how many, or
   UV_ENOMEM. Until sendq_settle() the space is theirs. */
int sendq_reserve(struct sendq *q, struct sendq_pool *pool, size_t count);
void sendq_record(struct sendq *q, const dgram_address *to, size_t length,
                  const struct sendq_report *report);
void sendq_settle(struct sendq *q, struct sendq_pool *pool);

/* Takes the next datagram to be reported, and its destination. There must be
   one (q->waiting > 0). */
struct sendq_report sendq_report(struct sendq *q, struct sendq_pool *pool,
                                 dgram_address *to_out);

#endif
