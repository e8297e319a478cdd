/* The peer of a connected Unix socket is a name. If the process that had it is
   gone, another may have it by now. */
#ifndef DGRAM_DATAPATH_RECONNECT_H
#define DGRAM_DATAPATH_RECONNECT_H

#include "namespace.h"
#include "datapath/datapath.h"

/* The kernel refused messages with `code`. If the peer has gone, connects to
   its name again and sends them once more. Returns how many were sent, or why
   the first was not. */
int reconnect_send_again(dgram_datapath *datapath,
                         const struct platform_out *messages, uint32_t count,
                         int code);

#endif
