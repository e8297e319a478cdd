/* Connecting a Unix socket again. Its peer is a name: if the socket with this
   name was closed, another socket may have the name now. */
#ifndef DGRAM_DATAPATH_RECONNECT_H
#define DGRAM_DATAPATH_RECONNECT_H

#include "namespace.h"
#include "datapath/datapath.h"

/* Called when the kernel refused messages with `code`. If it has disconnected
   the socket from its peer, connects to the name of the peer again and sends
   them once more. Returns how many were sent, or why the first was not. */
int reconnect_send_again(dgram_datapath *datapath,
                         const struct platform_out *messages, uint32_t count,
                         int code);

#endif
