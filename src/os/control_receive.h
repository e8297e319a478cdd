/* Control messages of recvmsg(): what the kernel knows about a datagram. */
#ifndef DGRAM_OS_CONTROL_RECEIVE_H
#define DGRAM_OS_CONTROL_RECEIVE_H

#include "namespace.h"

#include "dgram_types.h"

/* Bytes for the control messages of one message, aligned as a cmsghdr: all that
   is asked for here, and what the program may ask for itself. */
#define CONTROL_RECEIVE_MAX 512u

struct msghdr;

/* Reads what recvmsg() returned for a datagram of that sender. The control
   messages may be truncated, repeated, and any others may be among them. */
void control_receive_parse(struct msghdr *header, const dgram_address *from,
                           dgram_receive_info *out);

/* Closes the descriptors that came with a message of a Unix socket: whoever may
   send to it may send some. */
void control_receive_close_descriptors(struct msghdr *header);

#endif
