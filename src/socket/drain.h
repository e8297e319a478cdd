/* The event `drain`: the send queue has space again, after its limit held the
   program back. */
#ifndef DGRAM_SOCKET_DRAIN_H
#define DGRAM_SOCKET_DRAIN_H

#include "namespace.h"
#include "dgram.h"

struct drain_part {
    size_t below; /* the event is due when the queue takes fewer bytes */
};

/* The queue has grown. Does nothing without a limit. */
void drain_queue_grew(dgram_socket *s);

/* The limit refused a datagram that takes up `cost` bytes. */
void drain_refused(dgram_socket *s, uint64_t cost);

bool drain_is_due(const dgram_socket *s);

/* Emits the event if it is due. */
void drain_emit(dgram_socket *s);

/* The socket closes: the event is never due again. */
void drain_close(dgram_socket *s);

#endif
