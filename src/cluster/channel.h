/* One end of the connection between a primary and a worker: carries messages in
   order, each with or without a descriptor. */
#ifndef DGRAM_CLUSTER_CHANNEL_H
#define DGRAM_CLUSTER_CHANNEL_H

#include "namespace.h"
#include "util/list.h"
#include "loop/closing.h"
#include "cluster/protocol.h"

struct channel;

/* What the owner of a channel does. */
struct channel_handlers {
    /* A message has arrived. The callee owns `fd`, which may be -1. */
    void (*message)(struct channel *channel,
                    const struct protocol_message *message, int fd);
    /* The other end has closed the connection, or has sent an invalid message.
       The callee closes the channel. */
    void (*ended)(struct channel *channel);
    /* The channel is closed, and its memory may be freed. */
    void (*closed)(struct channel *channel);
    bool takes_fds; /* else the kernel drops descriptors that arrive */
    bool waits;     /* does not read while messages wait to be sent */
};

struct channel {
    uv_poll_t poll;
    const struct channel_handlers *handlers;
    struct closing closing;
    int fd;         /* owned by the channel; -1 when closed */
    int in_fd;      /* arrived with the message that is being read, or -1 */
    size_t in_size; /* bytes of `in` that have arrived */
    uint8_t in[PROTOCOL_SIZE];
    struct list out; /* messages that wait for the kernel */
};

/* Opens the channel on a descriptor, which the channel then owns. On failure
   the caller still owns it. */
int channel_open(struct channel *channel, uv_loop_t *loop, int fd,
                 const struct channel_handlers *handlers);

/* Sends or queues a message, and a duplicate of `fd` with it unless it is -1.
   UV_EPIPE if the other end has closed the connection, errors of the duplicate,
   UV_ENOMEM. */
int channel_send(struct channel *channel,
                 const struct protocol_message *message, int fd);

/* Reads the messages that have arrived, at most some thousands, and passes them
   to these handlers. Do not call it in a handler of the channel. */
void channel_read_rest(struct channel *channel,
                       const struct channel_handlers *handlers);

/* Shuts the connection down, so that `ended` is called from the loop. */
void channel_break(struct channel *channel);

/* Closes the channel; `closed` follows. Queued messages are dropped. */
void channel_close(struct channel *channel);

/* The channel does not keep the loop running. */
void channel_unref(struct channel *channel);

/* Whether channel_close() was called, and `closed` has not been yet. */
bool channel_is_closing(const struct channel *channel);

#endif
