/* The path MTU to a destination. The kernel stores it by route, and returns it

   for connected sockets only. So a temporary socket is connected to the

   destination, even if this is the peer: a connected socket returns the MTU

   at the time of its latest send. */
#ifndef DGRAM_DATAPATH_PATH_MTU_H
#define DGRAM_DATAPATH_PATH_MTU_H

#include "namespace.h"

#include "dgram_datapath.h"

/* Returns the size of the longest packet in bytes, or a code; UV_ENOTSUP if the
   platform does not report it. `to` has the family of the descriptor. */
int path_mtu_find(const dgram_datapath *datapath, const dgram_address *to);

#endif
