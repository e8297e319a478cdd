/* Control messages of recvmsg(): what the kernel reports about a datagram. */
#ifndef DGRAM_OS_CONTROL_RECEIVE_H
#define DGRAM_OS_CONTROL_RECEIVE_H

#include "namespace.h"

#include <sys/socket.h>

#include "dgram_types.h"

/* Bytes for the control messages of one message, aligned as a cmsghdr: those
   that the library requests, and those that the program may request itself. */
#define CONTROL_RECEIVE_MAX 512u

/* The same for a Unix socket: a time and credentials, which come first. There
   is no more memory, because the kernel opens as many descriptors of a sender
   as fit in it. */
#define CONTROL_RECEIVE_UNIX                                                   \
    (CMSG_SPACE(2 * sizeof(uint64_t)) + CMSG_SPACE(3 * sizeof(uint32_t)))

/* Of recvmsg(): received descriptors are close-on-exec. */
#if defined(MSG_CMSG_CLOEXEC)
#define CONTROL_RECEIVE_FLAGS MSG_CMSG_CLOEXEC
#else
#define CONTROL_RECEIVE_FLAGS 0
#endif

/* Reads what recvmsg() returned for a datagram of that sender. The control
   messages may be truncated, repeated, and any others may be among them. */
void control_receive_parse(struct msghdr *header, const dgram_address *from,
                           dgram_receive_info *out);

/* Bytes for the control messages of a message. */
static inline size_t control_receive_size(bool is_unix,
                                          const dgram_receive_info *info) {
    if (!is_unix)
        return CONTROL_RECEIVE_MAX;
    return info != NULL ? CONTROL_RECEIVE_UNIX : 0;
}

/* Closes the descriptors that came with a message of a Unix socket. */
void control_receive_close_descriptors(struct msghdr *header);

#endif
