/* Control messages of recvmsg(): what the kernel knows about a datagram. */
#ifndef DGRAM_OS_CONTROL_RECEIVE_H
#define DGRAM_OS_CONTROL_RECEIVE_H

#include "namespace.h"

#include "dgram_types.h"

/* Bytes for the control messages of one message, aligned as a cmsghdr: all that
   is asked for here, and what the program may ask for itself. */
#define CONTROL_RECEIVE_MAX 512u

/* What sockets of both families can report, DGRAM_INFO_*. */
#if defined(IPV6_RECVPKTINFO) &&                                               \
    (defined(IP_PKTINFO) || defined(IP_RECVDSTADDR))
#define CONTROL_RECEIVE_LOCAL DGRAM_INFO_LOCAL
#else
#define CONTROL_RECEIVE_LOCAL 0u
#endif
#if defined(IPV6_RECVPKTINFO) && (defined(IP_PKTINFO) || defined(IP_RECVIF))
#define CONTROL_RECEIVE_INTERFACE DGRAM_INFO_INTERFACE
#else
#define CONTROL_RECEIVE_INTERFACE 0u
#endif
#if defined(IPV6_RECVTCLASS) && defined(IP_RECVTOS)
#define CONTROL_RECEIVE_TOS DGRAM_INFO_TOS
#else
#define CONTROL_RECEIVE_TOS 0u
#endif
#if defined(IPV6_RECVHOPLIMIT) && defined(IP_RECVTTL)
#define CONTROL_RECEIVE_TTL DGRAM_INFO_TTL
#else
#define CONTROL_RECEIVE_TTL 0u
#endif
#if defined(SO_TIMESTAMPNS) || defined(SO_TIMESTAMP)
#define CONTROL_RECEIVE_TIMESTAMP DGRAM_INFO_TIMESTAMP
#else
#define CONTROL_RECEIVE_TIMESTAMP 0u
#endif
#define CONTROL_RECEIVE_KNOWN                                                  \
    (CONTROL_RECEIVE_LOCAL | CONTROL_RECEIVE_INTERFACE | CONTROL_RECEIVE_TOS | \
     CONTROL_RECEIVE_TTL | CONTROL_RECEIVE_TIMESTAMP)

struct msghdr;

struct msghdr;

/* As the members of struct platform say. */
int control_receive_enable(int fd, uint32_t info);
void control_receive_disable(int fd, unsigned enabled);

/* Reads what recvmsg() returned for a datagram of that sender. The control
   messages may be truncated, repeated, and any others may be among them. */
void control_receive_parse(struct msghdr *header, const dgram_address *from,
                           dgram_receive_info *out);

#endif
