/* The watch on a socket's descriptor: one uv_poll_t. */
#ifndef DGRAM_SOCKET_WATCH_H
#define DGRAM_SOCKET_WATCH_H

#include "namespace.h"
#include "socket/socket.h"

/* Starts to watch s->datapath.fd for datagrams; each wake-up calls `ready`,
   which tells whether it read anything. UV_EEXIST if the loop watches the
   descriptor already. */
int watch_start(dgram_socket *s,
                bool (*ready)(dgram_socket *s, bool readable, bool writable));

/* Follows s->backpressure, s->paused and whether it is shared, and then
   s->referenced. */
void watch_update(dgram_socket *s);

/* Reads nothing, or goes on. While paused only writability wakes. */
void watch_pause(dgram_socket *s, bool paused);

/* Follows s->referenced. */
void watch_reference(dgram_socket *s);

/* Stops at once; s->end_task runs when the handle's memory is free. */
void watch_stop(dgram_socket *s);

#endif
