/* Accepting datagrams. */
#ifndef DGRAM_SOCKET_SEND_H
#define DGRAM_SOCKET_SEND_H

#include "namespace.h"
#include "socket/socket.h"

/* Returns 0 if the socket can send there, NULL being the peer, or the misuse,
   recorded. */
int send_check_destination(dgram_socket *s, const dgram_address *to);

/* The socket closes: stops the lookups of hosts at once, and later reports to
   the callers, one a call. Returns false if there was none. */
void send_cancel_named(dgram_socket *s);
bool send_report_named(dgram_socket *s);

#endif
