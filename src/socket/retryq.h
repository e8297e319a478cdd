/* Datagrams for which the kernel has no buffers (ENOBUFS).

   Usually the queue of one interface is full. So these datagrams wait apart, in
   order for each destination, while the socket sends to other destinations.
   Each is retried for a second.

   Datagrams to a Unix socket whose queue is full wait here as well, until it
   has space or is closed. */
#ifndef DGRAM_SOCKET_RETRYQ_H
#define DGRAM_SOCKET_RETRYQ_H

#include "namespace.h"
#include "util/list.h"
#include "loop/sendq.h"
#include "socket/unix_wait.h"

#define RETRYQ_MS 1000u /* that a datagram is retried */

#define RETRYQ_BUCKETS 256u

struct retry_datagram {
    struct list node; /* in destination.datagrams, or in retryq.done */
    dgram_address to;
    dgram_send_cb cb; /* or NULL */
    void *data;
    uint64_t until;       /* milliseconds */
    dgram_send_info info; /* nothing set: none */
    size_t length;        /* bytes */
    int status;           /* when done: bytes, or a negative code */
    uint64_t after;       /* when done: as retryq.after was */
    unsigned char payload[];
};

struct retry_destination {
    struct list node;        /* in retryq.destinations, or in table.waiting */
    struct list bucket_node; /* in one of table.buckets */
    struct list datagrams;   /* never empty */
    struct unix_wait *wait;  /* NULL: it is retried by a timer */
    dgram_address to;
};

/* What is needed while there are destinations. */
struct retry_table {
    struct list waiting; /* destinations with a wait */
    unsigned destination_count, wait_count;
    struct list buckets[RETRYQ_BUCKETS]; /* all destinations, by address */
};

struct retryq {
    struct list destinations;  /* without a wait; the one that was retried last
                                  at the end */
    struct retry_table *table; /* NULL: no destination */
    struct list done;          /* datagrams to be reported */
    uint64_t after; /* reports of the send queue, since the socket was
                       made, that come before those of datagrams that
                       are done from now on */
    unsigned count; /* waiting datagrams */
    uint32_t delay; /* for retry.c: milliseconds until a Unix socket retries;
                       it grows */
    size_t size;    /* their bytes */
    size_t cost;    /* bytes that all take up until they are reported */
};

void retryq_init(struct retryq *q);

/* Returns the destination if datagrams to it wait, or NULL. Later ones must
   wait as well. */
struct retry_destination *retryq_find(const struct retryq *q,
                                      const dgram_address *to);

/* Adds a datagram, to be retried until the time `until` of the loop, and copies
   its payload. Returns 0, or UV_ENOMEM. */
int retryq_add(struct retryq *q, const struct sendq_datagram *datagram,
               uint64_t until);

/* Return how many destinations have a wait, and how many are retried by a
   timer. */
static inline unsigned retryq_waits(const struct retryq *q) {
    return q->table != NULL ? q->table->wait_count : 0;
}

static inline unsigned retryq_timed(const struct retryq *q) {
    return q->table != NULL ? q->table->destination_count - q->table->wait_count
                            : 0;
}

/* A destination gets a wait. The timer no longer retries it. */
void retryq_wait(struct retryq *q, struct retry_destination *to,
                 struct unix_wait *wait);

/* Ends the wait of a destination, if it has one. */
void retryq_end_wait(struct retryq *q, struct retry_destination *to);

/* Returns the destination that the timer retries next. There must be one. */
struct retry_destination *retryq_next(const struct retryq *q);

/* Returns the destination with a wait that was retried least recently. There
   must be one. */
struct retry_destination *retryq_next_waiting(const struct retryq *q);

/* Moves a destination that was retried to the end of its list. */
void retryq_rotate(struct retryq *q, struct retry_destination *to);

/* Returns the first datagram of a destination. */
struct retry_datagram *retryq_first(const struct retry_destination *to);

/* Sets the status of a datagram. Returns true if its destination has no other;
   then the destination is freed. */
bool retryq_finish(struct retryq *q, struct retry_destination *to,
                   struct retry_datagram *datagram, int status);

/* Sets the status of all datagrams. */
void retryq_finish_all(struct retryq *q, int status);

/* Removes a datagram to be reported if the send queue has made that number of
   reports; the caller frees it. NULL: none. */
struct retry_datagram *retryq_take_done(struct retryq *q, uint64_t reported);

#endif
