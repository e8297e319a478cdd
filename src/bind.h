/* Getting a descriptor. */
#ifndef DGRAM_BIND_H
#define DGRAM_BIND_H

#include "socket.h"

/* Binds an unbound socket to all interfaces and a free port, at once. While a
   bind is under way or done: 0. */
int bind_implicit(dgram_socket *s);

/* The task of s->listening_task. */
void bind_listening_task(struct task *task);

#endif
