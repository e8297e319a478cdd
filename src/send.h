/* Accepting datagrams. */
#ifndef DGRAM_SEND_H
#define DGRAM_SEND_H

#include "socket.h"

/* The socket closes: stops the lookups of hosts at once, and later tells the
   callers. */
void send_cancel_named(dgram_socket *s);
void send_report_named(dgram_socket *s);

#endif
