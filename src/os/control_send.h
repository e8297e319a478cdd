/* Control messages of sendmsg(): what a datagram is sent with. */
#ifndef DGRAM_OS_CONTROL_SEND_H
#define DGRAM_OS_CONTROL_SEND_H

#include "namespace.h"

#include <stddef.h>
#include <string.h>

#include "os/platform.h"

/* Bytes for the control messages of one message, aligned as a cmsghdr. */
#define CONTROL_SEND_MAX 128u

/* A message with a segment size and no information: the usual one, inline.
   Returns the size of its control message. */
static inline size_t control_send_segment(struct msghdr *header,
                                          unsigned char *bytes, int type,
                                          uint32_t segment_size) {
    struct cmsghdr *cmsg = (struct cmsghdr *)(void *)bytes;
    uint16_t value = (uint16_t)segment_size;

    memset(bytes, 0, CMSG_SPACE(sizeof(value)));
    cmsg->cmsg_level = IPPROTO_UDP;
    cmsg->cmsg_type = type;
    cmsg->cmsg_len = CMSG_LEN(sizeof(value));
    memcpy(CMSG_DATA(cmsg), &value, sizeof(value));
    header->msg_control = bytes;
    header->msg_controllen = CMSG_SPACE(sizeof(value));
    return CMSG_SPACE(sizeof(value));
}

/* Makes the control messages of a message at `bytes` and adds them to its
   header, if there are any. Returns their size, or UV_ENOTSUP if the system has
   no such message. */
int control_send_set(int fd, struct msghdr *header, unsigned char *bytes,
                     const struct platform_out *message);

#endif
