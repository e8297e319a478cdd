/* Receive buffers: the sockets of a loop share them. */
#ifndef DGRAM_LOOP_RECEIVE_BUFFERS_H
#define DGRAM_LOOP_RECEIVE_BUFFERS_H

#include "namespace.h"

#include "loop/loop.h"

/* Makes sure that the loop has receive buffers. UV_ENOMEM. */
int receive_buffers_prepare(struct loop *loop);

/* Gives receive buffers to a wake-up. One that runs inside a listener of
   another gets new ones. NULL without memory. */
struct receive_buffers *receive_buffers_acquire(struct loop *loop);
void receive_buffers_release(struct receive_buffers *buffers);

/* Whether the wake-up that uses the buffers will never end: a listener did not
   return. */
bool receive_buffers_are_abandoned(const struct receive_buffers *buffers);

/* The wake-up ends, and leaves datagrams in the buffers that nobody may have
   now. They are abandoned until buffers->rest is deferred again. */
void receive_buffers_keep(struct receive_buffers *buffers);
bool receive_buffers_are_kept(const struct receive_buffers *buffers);

/* Abandoned buffers with datagrams that are still to be delivered, or NULL. */
struct receive_buffers *receive_buffers_find_abandoned(struct loop *loop);

#endif
