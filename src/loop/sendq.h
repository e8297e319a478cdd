/* The send queue of a socket: datagrams that are not sent yet, and those whose
   result is not reported yet.

   Datagrams are stored in chunks: arrays as the datapath takes them, with
   copied payloads, destinations and callbacks. Chunks come from a pool that the
   sockets of a loop share, and are released when their last datagram is
   reported. So an idle socket has none, and a busy one allocates nothing. A
   burst begins with a small chunk. If that overflows, large ones follow, and
   the next burst begins with a large one: for many datagrams, or for few long
   ones.

   A datagram is unsent, then done (its status is known), then reported, always
   in order. Only datagrams with a callback, and failed ones, are reported. */
#ifndef DGRAM_LOOP_SENDQ_H
#define DGRAM_LOOP_SENDQ_H

#include "namespace.h"

#include "dgram.h"
#include "util/list.h"

#define SENDQ_FULL 64u /* messages that one system call takes */
#define DATAGRAM_COST                                                          \
    256u /* bytes that one takes up, about, besides its payload;               \
            dgram.h states it */

/* A datagram to be queued. */
struct sendq_item {
    const dgram_address *to;
    const dgram_buffer *parts;
    size_t part_count;
    size_t length;               /* of all parts */
    const dgram_send_info *info; /* or NULL; it is copied */
    bool no_copy; /* there is one part, which is valid until it is sent */
    int status;   /* 0, or the code that it fails with */
    dgram_send_cb cb;
    void *data;
};

/* What is reported of a datagram. */
struct sendq_report {
    dgram_send_cb cb; /* or NULL */
    void *data;
    int status; /* bytes, or a negative code */
};

/* A datagram in the queue. */
struct sendq_datagram {
    const dgram_address *to;
    const unsigned char *payload; /* NULL if length is 0 */
    size_t length;
    const dgram_send_info *info; /* or NULL */
    dgram_send_cb cb;            /* or NULL */
    void *data;
};

enum sendq_kind {
    CHUNK_SMALL,
    CHUNK_MANY,
    CHUNK_LONG,
    CHUNK_HUGE,
    CHUNK_KINDS
};

struct sendq_chunk {
    struct list node;
    dgram_outgoing *messages;
    unsigned char *addresses; /* of messages, address_size() bytes each; equal
                                 neighbours have one */
    const dgram_address *latest_address; /* NULL: none */
    dgram_send_cb *cbs;
    int *status;          /* 0, or what the datagram is refused with */
    unsigned char *slab;  /* copied payloads */
    unsigned char *infos; /* of messages, SEND_INFO_SIZE bytes each; equal
                             neighbours have one; NULL until one has any */
    enum sendq_kind kind;
    uint32_t datagrams_max, slab_size;
    uint32_t datagrams, info_count;     /* of this chunk */
    uint32_t addresses_used, slab_used; /* bytes */
    uint32_t next;                      /* the first that is unsent */
    uint32_t report_next; /* where to look for the next one to report */
    uint32_t waiting;     /* done, and to be reported */
    uint32_t refused;     /* unsent ones that fail */
    uint32_t changes;     /* of length or destination, among the unsent */
};

struct sendq {
    struct list unsent; /* chunks with unsent datagrams */
    struct list sent;   /* chunks that are done, with something to report */
    size_t count;       /* unsent datagrams */
    size_t size;        /* their bytes */
    size_t cost;        /* bytes that all take up until they are reported */
    uint32_t waiting;   /* done, and to be reported, in both lists */
    bool large;         /* the last burst overflowed a small chunk */
    bool full;          /* it is worth a system call */
};

/* Free chunks, for all sockets of a loop. */
struct sendq_pool {
    struct list free[CHUNK_KINDS];
    unsigned count[CHUNK_KINDS];
};

void sendq_pool_init(struct sendq_pool *pool);
void sendq_pool_free(struct sendq_pool *pool);

void sendq_init(struct sendq *q);

/* Copies the parts of a payload one after the other. */
void sendq_gather(const struct sendq_item *item, unsigned char *out);

/* Adds a datagram, and copies its information, and its payload unless
   item->no_copy. UV_ENOMEM. */
int sendq_push(struct sendq *q, struct sendq_pool *pool,
               const struct sendq_item *item);

/* Returns the chunk with the first unsent datagram, messages[next]; NULL: none.
 */
struct sendq_chunk *sendq_first(const struct sendq *q);

/* Returns how many of its unsent datagrams precede the first one that fails. */
uint32_t sendq_sendable(const struct sendq_chunk *chunk);

/* The first `count` unsent datagrams of the first chunk are done with: sent, or
   what chunk->status says. */
void sendq_done(struct sendq *q, struct sendq_pool *pool, uint32_t count);

/* The first unsent datagram is done: it failed. */
void sendq_failed(struct sendq *q, struct sendq_pool *pool, int status);

/* Returns the first unsent datagram. There must be one. */
struct sendq_datagram sendq_peek(const struct sendq *q);

/* Removes the first unsent datagram: it is not reported. */
void sendq_skip(struct sendq *q, struct sendq_pool *pool);

/* For UDP datagrams that are sent without being queued, while nothing is
   unsent: makes space for the reports of up to `count`. Returns for how many,
   or UV_ENOMEM. sendq_record() uses the space, and sendq_settle() ends that. */
int sendq_reserve(struct sendq *q, struct sendq_pool *pool, size_t count);
void sendq_record(struct sendq *q, const dgram_address *to, size_t length,
                  const struct sendq_report *report);
void sendq_settle(struct sendq *q, struct sendq_pool *pool);

/* Removes the next datagram to be reported. There must be one (q->waiting > 0).
 */
struct sendq_report sendq_report(struct sendq *q, struct sendq_pool *pool,
                                 dgram_address *to_out);

#endif
