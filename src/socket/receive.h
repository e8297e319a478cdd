/* From the kernel to the listeners. */
#ifndef DGRAM_SOCKET_RECEIVE_H
#define DGRAM_SOCKET_RECEIVE_H

#include "namespace.h"
#include "socket/socket.h"

/* What a wake-up of the socket does: one system call's worth of datagrams,
   after sends that waited. Whether anything came. */
bool receive_ready(dgram_socket *s, bool readable, bool writable);

/* The task of s->receive_task: reads again after an error that lasts, or what
   is held. */
void receive_task(struct task *task);

/* What is received and not yet shown is not shown any more. */
void receive_forget(dgram_socket *s);

#endif
