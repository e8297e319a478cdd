/* The socket options that let recvmsg() return control messages about a
   datagram. */
#ifndef DGRAM_OS_RECEIVE_INFO_H
#define DGRAM_OS_RECEIVE_INFO_H

#include "namespace.h"

#include "dgram_types.h"

/* What UDP sockets of both families can report, DGRAM_INFO_*. */
#if defined(IPV6_RECVPKTINFO) &&                                               \
    (defined(IP_PKTINFO) || defined(IP_RECVDSTADDR))
#define RECEIVE_INFO_LOCAL DGRAM_INFO_LOCAL
#else
#define RECEIVE_INFO_LOCAL 0u
#endif
#if defined(IPV6_RECVPKTINFO) && (defined(IP_PKTINFO) || defined(IP_RECVIF))
#define RECEIVE_INFO_INTERFACE DGRAM_INFO_INTERFACE
#else
#define RECEIVE_INFO_INTERFACE 0u
#endif
#if defined(IPV6_RECVTCLASS) && defined(IP_RECVTOS)
#define RECEIVE_INFO_TOS DGRAM_INFO_TOS
#else
#define RECEIVE_INFO_TOS 0u
#endif
#if defined(IPV6_RECVHOPLIMIT) && defined(IP_RECVTTL)
#define RECEIVE_INFO_TTL DGRAM_INFO_TTL
#else
#define RECEIVE_INFO_TTL 0u
#endif
#if defined(SO_TIMESTAMPNS) || defined(SO_TIMESTAMP)
#define RECEIVE_INFO_TIMESTAMP DGRAM_INFO_TIMESTAMP
#else
#define RECEIVE_INFO_TIMESTAMP 0u
#endif
#if defined(SO_PASSCRED)
#define RECEIVE_INFO_CREDENTIALS DGRAM_INFO_CREDENTIALS
#else
#define RECEIVE_INFO_CREDENTIALS 0u
#endif
#define RECEIVE_INFO_KNOWN                                                     \
    (RECEIVE_INFO_LOCAL | RECEIVE_INFO_INTERFACE | RECEIVE_INFO_TOS |          \
     RECEIVE_INFO_TTL | RECEIVE_INFO_TIMESTAMP)
#define RECEIVE_INFO_KNOWN_UNIX                                                \
    (RECEIVE_INFO_CREDENTIALS | RECEIVE_INFO_TIMESTAMP)

/* As the members of struct platform say. */
int receive_info_enable(int fd, uint32_t info);
void receive_info_disable(int fd, unsigned enabled);

#endif
