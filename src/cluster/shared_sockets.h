/* The sockets that a primary shares between its workers. */
#ifndef DGRAM_CLUSTER_SHARED_SOCKETS_H
#define DGRAM_CLUSTER_SHARED_SOCKETS_H

#include "namespace.h"
#include "util/list.h"
#include "loop/closing.h"
#include "cluster/protocol.h"

/* A descriptor, the bind that it was opened for, and how many workers have it.
 */
struct shared_socket;

struct shared_sockets {
    struct list list;
    unsigned unused; /* sockets that no worker has: kept for a replacement */
    unsigned unused_max; /* a worker that binds and closes in a loop must not
                            use up the descriptors */
    unsigned linger_ms;  /* how long they are kept; 0: they are not */
    uv_timer_t timer;    /* closes those that no replacement requested */
};

void shared_sockets_open(struct shared_sockets *sockets, uv_loop_t *loop,
                         unsigned unused_max, unsigned linger_ms);

/* Closes all sockets, when no worker is left, and the timer; closing_wait()
   waits for that. */
void shared_sockets_close(struct shared_sockets *sockets);

/* Finds or opens the socket of a BIND message and counts one more worker.
   `splits`: the worker splits coalesced datagrams. UV_ENOTSUP if it does not
   and the kernel coalesces on the socket; errors of socket() and bind();
   UV_ENOMEM. */
int shared_sockets_acquire(struct shared_sockets *sockets,
                           const struct protocol_message *bind, bool splits,
                           struct shared_socket **socket_out);

/* Counts one worker less. The last worker's socket is closed, or with `keep`
   kept for a replacement. */
void shared_sockets_release(struct shared_sockets *sockets,
                            struct shared_socket *socket, bool keep);

int shared_socket_get_descriptor(const struct shared_socket *socket);

/* The local address, or the requested one if it cannot be determined. */
void shared_socket_get_address(const struct shared_socket *socket,
                               dgram_address *out);

/* A socket that was kept stays reserved until a worker has received it. */
bool shared_socket_is_reserved(const struct shared_socket *socket);
void shared_socket_received(struct shared_socket *socket);

#endif
