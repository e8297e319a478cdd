/* The peer. */
#ifndef DGRAM_SOCKET_CONNECT_H
#define DGRAM_SOCKET_CONNECT_H

#include "namespace.h"
#include "socket/socket.h"

/* The task of s->connect_task: goes on after a bind, and emits `connect` for
   synchronous connects. */
void connect_task(struct task *task);

/* The socket closes: stops the lookup at once, and reports to the caller later.
   Returns false if there was nothing to report. */
void connect_cancel(dgram_socket *s);
bool connect_report_end(dgram_socket *s);

#endif
