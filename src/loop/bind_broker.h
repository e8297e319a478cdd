/* The interface to a broker, which opens sockets for a loop in another process:
   a worker of a cluster has one. A loop has at most one broker, and none if it
   joins no cluster. */
#ifndef DGRAM_LOOP_BIND_BROKER_H
#define DGRAM_LOOP_BIND_BROKER_H

#include "namespace.h"
#include "dgram.h"

struct bind_broker {
    /* Requests a descriptor that is bound to the address, for a socket that is
       neither exclusive nor reuse_port. The answer is bind_answer(). The socket
       keeps *lease_out, not NULL, until it is released or bind_end_lease().
       Returns 0 or a negative code. */
    int (*request)(struct bind_broker *broker, dgram_socket *s,
                   const dgram_address *address, void **lease_out);
    /* The socket of the lease was closed, and its descriptor, if it had one. No
       answer may follow. */
    void (*release)(struct bind_broker *broker, void *lease);
};

#endif
