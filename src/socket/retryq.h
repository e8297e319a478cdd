/* Datagrams that the kernel had no buffers for (ENOBUFS).

   Most often that is a matter of one destination: the queue of its interface is
   full. So these datagrams stand apart, by destination and in order, and the
   socket's other destinations go on. Each is tried again for a second. */
#ifndef DGRAM_SOCKET_RETRYQ_H
#define DGRAM_SOCKET_RETRYQ_H

#include "namespace.h"
#include "util/list.h"
#include "loop/sendq.h"

#define RETRYQ_MS 1000u /* that a datagram is tried */

#define RETRYQ_BUCKETS 256u

struct retry_datagram {
    struct list node; /* in its destination's, or in retryq.done */
    dgram_address to;
    dgram_send_cb cb; /* NULL: nobody asked */
    void *data;
    uint64_t until; /* milliseconds */
    size_t length;  /* bytes */
    int status;     /* when done: bytes, or a negative code */
    unsigned char payload[];
};

struct retry_destination {
    struct list node;        /* in retryq.destinations */
    struct list bucket_node; /* in one of retryq.buckets */
    struct list datagrams;   /* never empty */
    dgram_address to;
};

struct retryq {
    struct list destinations; /* the one that was tried latest last */
    struct list *buckets;     /* the same by address; NULL: there are none */
    struct list done;         /* datagrams that are to be reported */
    size_t done_behind;       /* so many reports of the send queue */
    unsigned destination_count;
    unsigned count; /* datagrams that wait */
    size_t size;    /* their bytes */
    size_t cost;    /* bytes that keeping all takes until they are reported */
};

void retryq_init(struct retryq *q);

/* Whether datagrams to this destination wait; others must stand behind them. */
bool retryq_holds(const struct retryq *q, const dgram_address *to);

/* Adds a datagram, its payload copied. UV_ENOMEM. */
int retryq_add(struct retryq *q, const struct sendq_datagram *datagram,
               uint64_t now);

/* The destination whose turn it is. There must be one. */
struct retry_destination *retryq_next(const struct retryq *q);

/* Puts a destination that was tried behind the others. */
void retryq_turn(struct retryq *q, struct retry_destination *to);

/* The first datagram of a destination. */
struct retry_datagram *retryq_first(const struct retry_destination *to);

/* Ends the wait of a datagram. True if its destination, which is gone then, has
   no other. */
bool retryq_finish(struct retryq *q, struct retry_destination *to,
                   struct retry_datagram *datagram, int status);

/* Ends the wait of all. */
void retryq_finish_all(struct retryq *q, int status);

/* Takes a datagram that is to be reported, the caller's to free; NULL: none. */
struct retry_datagram *retryq_take_done(struct retryq *q);

#endif
