/* Calls of Winsock, each in one place so that it can be traced. Functions
   return 0 or more, or a negative UV_E* code. */
#ifndef DGRAM_OS_WINDOWS_CALLS_H
#define DGRAM_OS_WINDOWS_CALLS_H

#include "namespace.h"

#include <mswsock.h>

#include "os/platform.h"

/* Opens a datagram socket for overlapped calls, as libuv needs it. */
dgram_fd windows_socket(int family);
int windows_close(dgram_fd fd);
int windows_bind(dgram_fd fd, const struct sockaddr *address, socklen_t size);
int windows_connect(dgram_fd fd, const struct sockaddr *address,
                    socklen_t size);
int windows_getsockname(dgram_fd fd, struct sockaddr *address, socklen_t *size);
int windows_getpeername(dgram_fd fd, struct sockaddr *address, socklen_t *size);
int windows_setsockopt(dgram_fd fd, int level, int name, const void *value,
                       socklen_t size);
int windows_getsockopt(dgram_fd fd, int level, int name, void *value,
                       socklen_t *size);
/* ioctlsocket(), as with FIONBIO. It reads *value, or writes it. */
int windows_ioctl(dgram_fd fd, unsigned long request, unsigned long *value);
/* WSAIoctl(), with SIO_*. It has an input or an output; the other is NULL. */
int windows_control(dgram_fd fd, unsigned long request, const void *in,
                    size_t in_size, void *out, size_t out_size);
int windows_poll(dgram_fd fd, short events);
/* Receives a byte that stays in the queue. */
int windows_peek(dgram_fd fd);
dgram_fd windows_duplicate_socket(dgram_fd fd);

/* These four return the length of the datagram, or a code. */
int windows_send_to(dgram_fd fd, WSABUF *parts, uint32_t part_count,
                    const struct sockaddr *to, socklen_t to_size);
int windows_send_message(dgram_fd fd, WSAMSG *message);
/* Sets *flags_out to MSG_PARTIAL for a truncated datagram. */
int windows_receive_from(dgram_fd fd, WSABUF *part, struct sockaddr *from,
                         socklen_t *from_size, unsigned long *flags_out);
int windows_receive_message(dgram_fd fd, LPFN_WSARECVMSG receive,
                            WSAMSG *message);

#endif
