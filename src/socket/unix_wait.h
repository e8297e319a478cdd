/* Waiting until the queue of a Unix socket has space.

   The kernel reports that to senders that are connected to the socket. So a
   descriptor is connected to the destination, and watched until it is
   writable. That also reports that the destination was closed. */
#ifndef DGRAM_SOCKET_UNIX_WAIT_H
#define DGRAM_SOCKET_UNIX_WAIT_H

#include "namespace.h"

#include "dgram_types.h"
#include "loop/loop.h"

struct retry_destination;

struct unix_wait {
    uv_poll_t poll;
    dgram_fd fd;
    struct loop *loop;
    uint64_t since;   /* milliseconds */
    unsigned futile;  /* for the caller: reports without a send; 0 at first */
    struct task task; /* frees it, if the program has closed the handle */
    /* The destination may have space. Called again and again while it has. */
    void (*ready)(dgram_socket *socket, struct retry_destination *to);
    dgram_socket *socket;
    struct retry_destination *to;
};

/* Waits for a destination, and keeps the loop alive. Returns NULL if that is
   not possible: the system does not report space, there is no descriptor, or
   the destination does not exist. The caller sets the last three members. */
struct unix_wait *unix_wait_start(struct loop *loop, const dgram_address *to);

/* Ends it, and frees it as soon as libuv allows. */
void unix_wait_stop(struct unix_wait *wait);

#endif
