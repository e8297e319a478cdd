/* Control messages of sendmsg(): what a datagram is sent with. */
#ifndef DGRAM_OS_CONTROL_SEND_H
#define DGRAM_OS_CONTROL_SEND_H

#include "namespace.h"

#include <stddef.h>

#include "os/platform.h"

/* Bytes for the control messages of one message, aligned as a cmsghdr. */
#define CONTROL_SEND_MAX 128u

/* Makes the control messages of a message at `bytes` and adds them to its
   header, if there are any. Returns their size, or UV_ENOTSUP if the system has
   no such message. */
int control_send_set(struct msghdr *header, unsigned char *bytes,
                     const struct platform_out *message);

#endif
