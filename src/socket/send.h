/* Accepting datagrams. */
#ifndef DGRAM_SOCKET_SEND_H
#define DGRAM_SOCKET_SEND_H

#include "namespace.h"
#include "dgram.h"

/* Returns 0 if the socket can send there, NULL being the peer, or the misuse,
   recorded. */
int send_check_destination(dgram_socket *s, const dgram_address *to);

/* Queues one datagram as dgram_send_batch() does. Returns 0 or a negative code.
 */
int send_message(dgram_socket *s, const dgram_outgoing *message,
                 dgram_send_cb cb);

#endif
