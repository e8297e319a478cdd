/* Backpressure: whether the kernel is asked to take messages, and what is
   waited for if not. It only remembers; others make the calls. */
#ifndef DGRAM_DATAPATH_BACKPRESSURE_H
#define DGRAM_DATAPATH_BACKPRESSURE_H

#include "namespace.h"

#include <stdbool.h>
#include <stdint.h>

/* All 0: the kernel is asked. */
struct backpressure {
    bool stopped;       /* the kernel takes no more for now */
    bool resting;       /* a retry ends that, not writability */
    bool writable;      /* the system said so, and has taken nothing since */
    uint16_t fruitless; /* so often that was no use, since the last taken */
};

/* The kernel took no message (EAGAIN). True if that is only for now: then the
   caller waits for writability or, while `resting`, for a retry. False if the
   socket was writable before, again and again: then the code is not about
   space, but the message's own. Where others send on the descriptor, too, they
   may be the ones who use the space. */
bool backpressure_refused(struct backpressure *backpressure, bool shared);

/* The kernel took a message. */
void backpressure_taken(struct backpressure *backpressure);

/* The system says that the socket is writable. */
void backpressure_writable(struct backpressure *backpressure);

/* Somebody tries again. */
void backpressure_retry(struct backpressure *backpressure);

/* Whether writability ends it. */
bool backpressure_awaits_writable(const struct backpressure *backpressure);

#endif
