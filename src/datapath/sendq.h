/* What a socket has still to send, and what it has sent but not yet reported.

   Datagrams stand in runs: of one destination and one size, the last maybe
   shorter, which is what a kernel with GSO takes as one message. Runs stand in
   chunks, with the copied payloads, the buffers that make them up, and what is
   to be told to whom. A chunk comes from a pool that the sockets of a loop
   share and goes back when its last datagram is done with, so a socket at rest
   holds none and a busy one allocates nothing. The first chunk of a burst is
   small; when that overflows, large ones follow, and the next burst begins
   large: with places for many datagrams, or for few that are long.

   A datagram is first unsent, then sent (its status is known), then reported,
   always in order. Only those with a callback, and failed ones, are kept to be
   reported. */
#ifndef DGRAM_DATAPATH_SENDQ_H
#define DGRAM_DATAPATH_SENDQ_H

#include "namespace.h"

#include <sys/uio.h>

#include "dgram.h"
#include "util/list.h"

#define DATAGRAM_SIZE_MAX 65527u /* UDP's own limit; IPv4's is 65507 */
#define RUN_DATAGRAMS_MAX 64u    /* what every kernel with GSO takes */
#define RUNS_FULL 64u            /* what one system call takes */
#define RUN_SIZE_MAX 65487u      /* bytes; what IPv6 leaves for a payload */
#define DATAGRAM_COST                                                          \
    256u /* bytes that keeping one takes, about, besides                       \
            its payload; dgram.h names it, too */

/* Datagrams on their way into the queue: most often one. Several are lent, of
   one length, and stand one behind the other. */
struct sendq_item {
    const dgram_address *to;
    const dgram_buffer *parts;
    size_t part_count;
    size_t length; /* of all parts; of each of several */
    size_t count;
    bool lent;  /* in one part, which stays until the datagram is sent */
    int status; /* 0, or the code it is refused with */
    dgram_send_cb cb;
    void *data;                     /* of one */
    const dgram_outgoing *messages; /* several: each has its own */
};

/* What is to be told of one datagram. */
struct sendq_report {
    dgram_send_cb cb; /* NULL: nobody asked */
    void *data;
    int32_t status; /* bytes, or a negative code */
};

/* A datagram that stands in the queue. */
struct sendq_datagram {
    const dgram_address *to;
    const unsigned char *payload; /* NULL if length is 0 */
    size_t length;
    dgram_send_cb cb; /* NULL: nobody asked */
    void *data;
};

struct sendq_run {
    dgram_address to;
    struct iovec *parts; /* the payloads in order; none is in two parts */
    uint32_t part_count;
    uint32_t size;      /* bytes of each datagram but the last */
    uint32_t last_size; /* of the last: at most `size` */
    uint32_t count, sent;
    uint32_t first; /* index of its first datagram's report */
    int32_t status; /* 0, or the code that its one datagram is refused with */
    int16_t gso_refused; /* the code that a GSO message of it met with: its
                            datagrams go one by one; or 0 */
    bool peer_error;     /* that was taken for the peer's pending error once */
    bool reports;        /* each datagram has a report; else none has */
};

enum sendq_kind { CHUNK_SMALL, CHUNK_MANY, CHUNK_LONG, CHUNK_KINDS };

struct sendq_chunk {
    struct list node;
    struct sendq_run *runs;
    struct iovec *parts;
    struct sendq_report *reports; /* one for each datagram */
    unsigned char *slab;          /* copied payloads */
    enum sendq_kind kind;
    uint32_t datagrams_max, slab_size;
    uint32_t datagrams, run_count, part_count; /* of this chunk */
    uint32_t slab_used;                        /* bytes */
    uint32_t run;                     /* the first with unsent datagrams */
    uint32_t report_run, report_next; /* where to look for the next report */
    uint32_t waiting;                 /* sent ones that are to be reported */
};

struct sendq {
    struct list unsent; /* chunks with unsent datagrams */
    struct list sent;   /* chunks all sent, something to be reported */
    size_t count;       /* unsent datagrams */
    size_t size;        /* their bytes */
    size_t waiting;     /* sent ones to be reported, in both lists */
    size_t cost;        /* bytes that all take until they are reported */
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

/* Adds a datagram, its payload copied unless it is lent; of several, the first
   ones. Returns how many, at least one, or UV_ENOMEM. */
int sendq_push(struct sendq *q, struct sendq_pool *pool,
               const struct sendq_item *item);

/* The chunk with the first unsent datagram, in its run chunk->run; NULL:
   none. */
struct sendq_chunk *sendq_first(const struct sendq *q);

/* The first `count` unsent datagrams of the first chunk have gone out. */
void sendq_sent(struct sendq *q, struct sendq_pool *pool, uint32_t count);

/* The first unsent datagram has failed. */
void sendq_failed(struct sendq *q, struct sendq_pool *pool, int status);

/* The first unsent datagram. There must be one. */
struct sendq_datagram sendq_peek(const struct sendq *q);

/* Forgets the first unsent datagram: it is not reported. */
void sendq_skip(struct sendq *q, struct sendq_pool *pool);

/* Forgets all unsent datagrams. Returns how many there were. */
size_t sendq_drop_unsent(struct sendq *q, struct sendq_pool *pool);

/* Takes the next datagram to be reported, and its destination. There must be
   one (q->waiting > 0). */
struct sendq_report sendq_report(struct sendq *q, struct sendq_pool *pool,
                                 dgram_address *to_out);

#endif
