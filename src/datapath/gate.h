/* The gate between a socket's queue and the kernel: whether the kernel is asked
   to take messages, what is waited for if not, and whether it is given many a
   call. It only remembers; others make the calls. Times are
   clock_nanoseconds()'s. */
#ifndef DGRAM_DATAPATH_GATE_H
#define DGRAM_DATAPATH_GATE_H

#include "namespace.h"

#include <stdbool.h>
#include <stdint.h>

/* All 0: open, and many messages a call. */
struct gate {
    bool closed;           /* the kernel takes no more for now */
    bool resting;          /* a retry opens it, not writability */
    bool room;             /* the system said so, and has taken nothing since */
    unsigned fruitless;    /* so often that was no use, since the last taken */
    uint64_t singly_until; /* nanoseconds: one message a call; 0: many */
};

/* The kernel took no message (EAGAIN). True if that is only for now: then the
   gate is closed, and the caller waits for writability or, while `resting`, for
   a retry. False if the socket was writable before, again and again: then the
   code is not about room, but the message's own. Where others send on the
   descriptor, too, they may be the ones who use the room. */
bool gate_refused(struct gate *gate, bool shared);

/* The kernel took a message. */
void gate_taken(struct gate *gate);

/* Somebody tries again: the system says that there is room, or not. */
void gate_room_came(struct gate *gate);
void gate_open(struct gate *gate);

/* Whether writability opens it. */
bool gate_waits_for_room(const struct gate *gate);

/* The socket has a peer of which nothing is known, or an error came from it:
   for a while each message is sent alone, so that no error is lost. */
void gate_peer_changed(struct gate *gate);
void gate_peer_failed(struct gate *gate, uint64_t now);

/* Whether a message for the peer is to be sent alone. */
bool gate_goes_singly(struct gate *gate, uint64_t now);

#endif
