/* One end of the connection between a primary and a worker: messages, each
   maybe with a descriptor, in order. */
#ifndef DGRAM_CLUSTER_CHANNEL_H
#define DGRAM_CLUSTER_CHANNEL_H

#include "namespace.h"
#include "util/list.h"
#include "loop/closing.h"
#include "cluster/protocol.h"

struct channel {
    uv_poll_t poll;
    struct closing closing;
    int fd;         /* ours; -1 when closed */
    int in_fd;      /* came with the message that is coming in, or -1 */
    bool takes_fds; /* else those that come are refused */
    bool waits;     /* reads nothing while something is to be written */
    size_t in_size; /* bytes of `in` that are there */
    uint8_t in[PROTOCOL_SIZE];
    struct list out; /* messages that wait for the kernel */
    /* A message came; the descriptor, or -1, is the callee's. */
    void (*message)(struct channel *channel,
                    const struct protocol_message *message, int fd);
    /* The other end is gone, or sent what is no message. To be closed. */
    void (*ended)(struct channel *channel);
    /* Its memory is free. */
    void (*closed)(struct channel *channel);
};

/* Starts on a descriptor, which is then the channel's. The callbacks and the
   two flags are set. On failure all is as it was. */
int channel_open(struct channel *channel, uv_loop_t *loop, int fd);

/* Queues a message; of a descriptor a duplicate is sent. UV_EPIPE when the
   other end is gone, what the system says of the descriptor, UV_ENOMEM. */
int channel_send(struct channel *channel,
                 const struct protocol_message *message, int fd);

/* Hands over what has come already, but no more than some thousands of
   messages; not from within a callback of the channel. */
void channel_read_rest(struct channel *channel);

/* Makes `ended` come, from the loop. */
void channel_break(struct channel *channel);

/* Closes; `closed` follows. What waits is not sent. */
void channel_close(struct channel *channel);

#endif
