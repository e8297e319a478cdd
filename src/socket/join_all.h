/* Joining groups on all interfaces, including those that come later. */
#ifndef DGRAM_SOCKET_JOIN_ALL_H
#define DGRAM_SOCKET_JOIN_ALL_H

#include "namespace.h"
#include "dgram.h"

/* A membership of the group was dropped. The kernel may have dropped that of
   another interface instead, or may have space for one more: joins what is
   missing. */
void join_all_again(dgram_socket *s, const dgram_address *group);

void join_all_init(dgram_socket *s);

/* The socket closes. */
void join_all_close(dgram_socket *s);

#endif
