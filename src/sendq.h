/* What a socket has still to send, and what it has sent but not yet reported.

   Datagrams stand in chunks: entries, their destinations, and a slab with the
   copied payloads. A chunk comes from a pool that the sockets of a loop share
   and goes back when its last entry is done with, so a socket at rest holds
   none and a busy one allocates nothing. The first chunk of a burst is small;
   when that overflows, large ones follow, and the next burst begins large.

   An entry is first unsent, then sent (its status is known), then reported,
   always in order. Only entries with a callback, and failed ones, are kept to
   be reported. */
#ifndef DGRAM_SENDQ_H
#define DGRAM_SENDQ_H

#include "dgram.h"
#include "base/list.h"

#define DATAGRAM_SIZE_MAX 65527u /* UDP's own limit; IPv4's is 65507 */

struct sendq_entry {
    dgram_send_cb cb; /* NULL: nobody asked */
    void *data;
    const unsigned char *bytes; /* in the slab, or lent */
    uint32_t length;            /* at most DATAGRAM_SIZE_MAX */
    uint32_t to;                /* index into the chunk's destinations */
    int32_t status;             /* unsent: 0, or the code it is refused with;
                                   sent: bytes, or a negative code */
};

struct sendq_chunk {
    struct list node;
    struct sendq_entry *entries;
    dgram_address *destinations;
    unsigned char *slab;
    uint32_t entries_max, slab_size;
    uint32_t used, sent, reported; /* entries; reported <= sent <= used */
    uint32_t destination_count;
    uint32_t slab_used; /* bytes */
    uint32_t waiting;   /* sent entries that are to be reported */
};

struct sendq {
    struct list unsent; /* chunks with unsent entries */
    struct list sent;   /* chunks all sent, some entries to be reported */
    size_t count;       /* unsent datagrams */
    size_t size;        /* their bytes */
    size_t waiting;     /* sent entries to be reported, in both lists */
    bool large;         /* the last burst overflowed a small chunk */
};

/* Free chunks, for all sockets of a loop. */
struct sendq_pool {
    struct list small, large;
    unsigned small_count, large_count;
};

void sendq_pool_init(struct sendq_pool *pool);
void sendq_pool_free(struct sendq_pool *pool);

void sendq_init(struct sendq *q);

/* Adds an entry with room for `copied` bytes in the slab, where `room_out`
   then points; the caller fills entry->bytes, cb, data. NULL: no memory. */
struct sendq_entry *sendq_push(struct sendq *q, struct sendq_pool *pool,
                               const dgram_address *to, size_t length,
                               size_t copied, unsigned char **room_out);

/* Whether enough stands in the queue to fill a system call. */
bool sendq_full(const struct sendq *q);

/* The chunk with the first unsent entry, at index chunk->sent; NULL: none. */
struct sendq_chunk *sendq_first(const struct sendq *q);

/* The first `count` unsent entries of the first chunk have gone out. */
void sendq_sent(struct sendq *q, struct sendq_pool *pool, uint32_t count);

/* The first unsent entry has failed. */
void sendq_failed(struct sendq *q, struct sendq_pool *pool, int status);

/* Takes the next entry to be reported, and its destination. There must be
   one (q->waiting > 0). */
struct sendq_entry sendq_report(struct sendq *q, struct sendq_pool *pool,
                                dgram_address *to_out);

#endif
