/* Backpressure: whether the kernel accepts messages, and what to wait for if it
   does not. This is only the state; the caller makes the calls. */
#ifndef DGRAM_DATAPATH_BACKPRESSURE_H
#define DGRAM_DATAPATH_BACKPRESSURE_H

#include "namespace.h"

#include <stdbool.h>
#include <stdint.h>

/* All members are initially 0: the kernel accepts messages. */
struct backpressure {
    bool stopped;      /* the kernel currently accepts no more */
    bool resting;      /* until a timer, not until writable */
    bool writable;     /* was reported, and nothing was accepted since */
    uint16_t spurious; /* wake-ups in a row in which nothing was accepted */
};

/* The kernel accepted no message (EAGAIN). Returns true if it may accept one
   later: the caller waits until the socket is writable or, if `resting`, for a
   timer. Returns false if the socket was writable several times and accepted
   nothing: then the message itself is the reason. On a shared descriptor it
   takes more attempts, because other processes may have used the space. */
bool backpressure_refused(struct backpressure *backpressure, bool shared);

/* The kernel accepted a message. */
void backpressure_taken(struct backpressure *backpressure);

/* The socket is writable. */
void backpressure_writable(struct backpressure *backpressure);

/* The caller tries again. */
void backpressure_retry(struct backpressure *backpressure);

/* Whether to wait until the socket is writable. */
bool backpressure_awaits_writable(const struct backpressure *backpressure);

#endif
