/* A stream of a flood: a socket, so a source port of its own, and what it has
   sent. */
#ifndef CLI_FLOOD_STREAM_H
#define CLI_FLOOD_STREAM_H

#include "flood/batch.h"

#include "session/faults.h"

struct stream;

/* What the streams of a flood have in common. */
struct stream_plan {
    uv_loop_t *loop;
    dgram_options options;
    bool binds;              /* to `from`, before it connects */
    dgram_bind_options from; /* the n-th stream adds n to a port above 0 */
    const char *host;        /* numeric, or a path */
    uint16_t port;
    int (*set_options)(dgram_socket *socket); /* of the bound socket */
    struct batch *batch;
    bool stamps;   /* the datagrams */
    bool is_paced; /* sends at a rate */
    /* It is connected, or has failed before that. */
    void (*on_start)(struct stream *stream);
    /* What it received, or NULL. */
    void (*on_receive)(struct stream *stream, const dgram_message *messages,
                       size_t count);
    /* An error that does not end it; `by_send` if a datagram failed with it. */
    void (*on_error)(struct stream *stream, const dgram_error *error,
                     bool by_send);
    /* An error has ended it. */
    void (*on_failure)(struct stream *stream, const dgram_error *error);
};

struct stream {
    const struct stream_plan *plan;
    unsigned index;
    uint32_t id;          /* in its stamps */
    dgram_socket *socket; /* NULL: closed */
    dgram_listener listener;
    bool runs, is_connecting;
    uint16_t port; /* of this end */
    int failure;   /* the code of the error that ended it, or 0 */

    uint64_t accepted;    /* datagrams that the library accepted */
    uint64_t failed;      /* accepted datagrams that failed */
    uint64_t settled;     /* accepted before this loop iteration */
    bool fails_here;      /* this host refused the latest failed datagram */
    uint64_t failed_last; /* `accepted` when that was reported */
    bool rests;           /* pauses after an error */
    struct faults faults;
};

/* Starts a zeroed stream. on_start() follows, maybe within the call. */
void stream_open(struct stream *stream, const struct stream_plan *plan,
                 unsigned index, uint32_t id);

/* Sends up to `count` datagrams. Returns false if the kernel accepts no more
   now, or refused some. */
bool stream_send(struct stream *stream, size_t count);

/* Whether the kernel has accepted all that was sent. */
bool stream_is_ready(const struct stream *stream);

/* Call it at the start of each loop iteration: the failures of the previous one
   have been reported. */
void stream_settle(struct stream *stream);

/* Whether nothing left this host since its latest own error. */
bool stream_fails_here(const struct stream *stream);

/* Returns how many datagrams were sent and did not fail so far. */
uint64_t stream_sent(const struct stream *stream);

/* Closes the socket. Datagrams that the kernel does not accept at once do not
   count as accepted. Has no effect if it is closed. */
void stream_close(struct stream *stream);

#endif
