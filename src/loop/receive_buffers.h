/* Receive buffers: the sockets of a loop share them. A wake-up uses one set;
   one that runs inside a listener of another uses a second set. */
#ifndef DGRAM_LOOP_RECEIVE_BUFFERS_H
#define DGRAM_LOOP_RECEIVE_BUFFERS_H

#include "namespace.h"

#include <stddef.h>

#include "dgram.h"
#include "dgram_datapath.h"
#include "loop/task.h"

#define RECEIVE_MESSAGES_MAX 32u /* of the kernel, of one wake-up */
#define RECEIVE_UNIX_MESSAGES_MAX                                              \
    (DGRAM_RECEIVE_MEMORY_SIZE / DGRAM_RECEIVE_UNIX_MESSAGE_SIZE)
#define RECEIVE_DATAGRAMS_MAX DGRAM_BATCH_MAX

/* How far the datagrams of receive buffers are delivered. */
struct delivery {
    dgram_socket *socket; /* who received them; NULL: nothing is left */
    uint32_t undelivered; /* datagrams that no listener has received */
    uint32_t datagrams;   /* that `batch` listeners have received */
    uint32_t delivered;   /* of these, to `message` listeners */
};

struct receive_buffers_pool {
    struct receive_buffers *spare; /* or NULL */
    struct list in_use; /* by wake-ups, abandoned ones included; kept buffers
                           only from receive_buffers_resume() on */
};

struct receive_buffers {
    struct list node; /* in pool->in_use, or in the list of a socket */
    struct receive_buffers_pool *pool;
    unsigned depth; /* of that wake-up; UINT_MAX: kept */
    struct delivery delivery;
    struct task rest;  /* delivers what a listener that did not return left */
    dgram_buffers raw; /* the memory, for the datapath */
    dgram_message datagrams[RECEIVE_DATAGRAMS_MAX];
    _Alignas(max_align_t) unsigned char memory[RECEIVE_MESSAGES_MAX *
                                               DGRAM_BUFFER_SIZE];
};

void receive_buffers_init(struct receive_buffers_pool *pool);
void receive_buffers_free(struct receive_buffers_pool *pool);

/* Makes sure that there are receive buffers. UV_ENOMEM. */
int receive_buffers_prepare(struct receive_buffers_pool *pool);

/* Returns receive buffers for a wake-up, `depth` being how many wake-ups are
   under way. NULL without memory. */
struct receive_buffers *receive_buffers_acquire(
    struct receive_buffers_pool *pool, unsigned depth);
void receive_buffers_release(struct receive_buffers *buffers);

/* Whether the wake-up that used the buffers is over: a
   listener did not return, or the buffers are kept. */
static inline bool receive_buffers_are_abandoned(
    const struct receive_buffers *buffers, unsigned depth) {
    return buffers->depth >= depth;
}

/* Returns abandoned buffers that hold undelivered datagrams, or NULL. */
struct receive_buffers *receive_buffers_find_abandoned(
    const struct receive_buffers_pool *pool, unsigned depth);

/* The wake-up ends, but the buffers keep datagrams that may not be delivered
   now. They move to the list `kept` of their socket, so that other sockets need
   not skip them at each wake-up. */
void receive_buffers_keep(struct receive_buffers *buffers, struct list *kept);
bool receive_buffers_are_kept(const struct receive_buffers *buffers);

/* The first kept buffers of a list may be delivered again: they are abandoned
   once buffers->rest is queued. Returns them. */
struct receive_buffers *receive_buffers_resume(struct list *kept);

/* A wake-up of this depth delivers what abandoned buffers hold. They are no
   longer kept: it releases them. */
void receive_buffers_use(struct receive_buffers *buffers, unsigned depth);

/* Returns the next buffers in use after `last`, or after the beginning if that
   is NULL, which have datagrams of the socket; NULL: there are none. */
struct receive_buffers *receive_buffers_next_of(
    const struct receive_buffers_pool *pool, const struct receive_buffers *last,
    const dgram_socket *s);

#endif
