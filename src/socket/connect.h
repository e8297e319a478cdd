/* Connecting: the peer of a socket. */
#ifndef DGRAM_SOCKET_CONNECT_H
#define DGRAM_SOCKET_CONNECT_H

#include "namespace.h"
#include "dgram.h"
#include "loop/loop.h"

struct connect_part {
    /* Of the socket, or of the connect under way. Its memory follows the
       socket, and is as long as the type of the socket needs. */
    dgram_address *peer;
    unsigned events_due;        /* `connect` events that the task emits */
    dgram_lookup *lookup;       /* under way, or NULL */
    dgram_connect_cb cb;        /* of the connect under way */
    void *data;                 /* its argument */
    dgram_connect_cb called_cb; /* that is to be called with 0, or NULL */
    void *called_data;          /* its argument */
    struct task task; /* continues after a bind, and emits `connect` */
};

void connect_init(dgram_socket *s);

/* Where the peer is stored. */
static inline dgram_address *connect_peer(struct connect_part *connect) {
    return connect->peer;
}

/* Where a datagram goes: `to`, or the peer if that is NULL. */
static inline const dgram_address *connect_destination(
    const struct connect_part *connect, const dgram_address *to) {
    return to != NULL ? to : connect->peer;
}

/* A bind has ended, for which the connect that is under way may wait. */
static inline void connect_resume(struct connect_part *connect,
                                  struct loop *loop) {
    loop_defer(loop, &connect->task);
}

/* The socket closes. The lookup is separate: cancelling it may call the
   program's resolver. The last function reports to the caller of a connect that
   was under way; false: there was none. */
void connect_close(dgram_socket *s);
void connect_cancel_lookup(dgram_socket *s);
bool connect_report_end(dgram_socket *s);

#endif
