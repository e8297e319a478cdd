/* The trace of Winsock messages. WSAGetLastError() does not change. */
#ifndef DGRAM_OS_WINDOWS_TRACE_H
#define DGRAM_OS_WINDOWS_TRACE_H

#include "namespace.h"

#include <stdint.h>

#include "dgram_types.h"

/* The datagrams have segment_size bytes each; 0: there is one datagram. */
void windows_trace_sent(const char *name, dgram_fd fd, size_t bytes,
                        uint32_t segment_size, const struct sockaddr *to,
                        socklen_t to_size, int result);
void windows_trace_received(const char *name, dgram_fd fd,
                            const struct sockaddr *from, socklen_t from_size,
                            bool truncated, int result);

#endif
