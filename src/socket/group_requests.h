/* How the kernel is asked to join and leave groups. */
#ifndef DGRAM_SOCKET_GROUP_REQUESTS_H
#define DGRAM_SOCKET_GROUP_REQUESTS_H

#include "namespace.h"
#include "dgram.h"
#include "socket/interface.h"

/* Binds an unbound socket, since a group is joined on a descriptor. Returns 0
   if the socket is bound. */
int group_need_bound(dgram_socket *s, const char *name_of_call);

/* The socket is bound. A null `source` stands for any. */
int group_request(dgram_socket *s, const dgram_address *group,
                  const dgram_address *source,
                  const struct interface *interface, bool join);

#endif
