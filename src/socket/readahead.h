/* Messages that were read before their turn.

   The kernel says how a coalesced message is to be split only while it
   coalesces. So what waits when it is to coalesce no more is read first, and
   kept here until the socket would have read it. */
#ifndef DGRAM_SOCKET_READAHEAD_H
#define DGRAM_SOCKET_READAHEAD_H

#include "namespace.h"
#include "socket/socket.h"

/* Has the kernel coalesce no more, now that what waits is held. Returns 0, or a
   code: then the kernel goes on as before. */
int readahead_stop_coalescing(dgram_socket *s);

/* Gives the messages that are held, in order, as the platform would. Returns
   how many, at least one. There must be one. */
int readahead_receive(dgram_socket *s, struct platform_in *messages,
                      uint32_t max);

/* Forgets all. */
void readahead_free(dgram_socket *s);

#endif
