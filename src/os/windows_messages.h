/* Sending and receiving on Windows: functions of struct platform. */
#ifndef DGRAM_OS_WINDOWS_MESSAGES_H
#define DGRAM_OS_WINDOWS_MESSAGES_H

#include "namespace.h"

#include <mswsock.h>

#include "os/platform.h"

/* Bytes for the control messages of one message, aligned as a WSACMSGHDR. */
#define WINDOWS_CONTROL_SEND_MAX 128u
#define WINDOWS_CONTROL_RECEIVE_MAX 256u

/* Writes the control messages of a message to control->buf, and their length to
   control->len. Returns UV_ENOTSUP if Windows cannot send with the information.
 */
int windows_control_put(WSABUF *control, const struct platform_out *message);

/* Parses the control messages that WSARecvMsg() returned. */
void windows_control_parse(WSAMSG *message, const dgram_address *from,
                           dgram_receive_info *out);

#define WINDOWS_INFO_KNOWN                                                     \
    (DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE | DGRAM_INFO_TOS | DGRAM_INFO_TTL)
int windows_enable_info(dgram_fd fd, uint32_t info);
void windows_disable_info(dgram_fd fd, unsigned enabled);

uint32_t windows_segments_max(dgram_fd fd);
int windows_send(dgram_fd fd, const struct platform_out *messages,
                 uint32_t count);
int windows_receive(dgram_fd fd, struct platform_in *messages, uint32_t count);

#endif
