#include "os/trace_names.h"

#include <fcntl.h>
#include <stddef.h>

#if !defined(_WIN32)
#include <netinet/udp.h>
#endif

#include "dgram_types.h"

/* What a system lacks has no line. */
static const struct {
    int level, option;
    const char *name;
} options[] = {
    {SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST"},
    {SOL_SOCKET, SO_ERROR, "SO_ERROR"},
    {SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF"},
    {SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR"},
    {SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF"},
    {SOL_SOCKET, SO_TYPE, "SO_TYPE"},
#if defined(SO_REUSEPORT)
    {SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT"},
#endif
#if defined(SO_REUSEPORT_LB)
    {SOL_SOCKET, SO_REUSEPORT_LB, "SO_REUSEPORT_LB"},
#endif
#if defined(SO_RCVBUFFORCE)
    {SOL_SOCKET, SO_RCVBUFFORCE, "SO_RCVBUFFORCE"},
    {SOL_SOCKET, SO_SNDBUFFORCE, "SO_SNDBUFFORCE"},
#endif
#if defined(SO_NO_CHECK)
    {SOL_SOCKET, SO_NO_CHECK, "SO_NO_CHECK"},
#endif
#if defined(SO_NOSIGPIPE)
    {SOL_SOCKET, SO_NOSIGPIPE, "SO_NOSIGPIPE"},
#endif
#if defined(SO_ATTACH_FILTER)
    {SOL_SOCKET, SO_ATTACH_FILTER, "SO_ATTACH_FILTER"},
    {SOL_SOCKET, SO_DETACH_FILTER, "SO_DETACH_FILTER"},
#endif
#if defined(SO_ATTACH_REUSEPORT_CBPF)
    {SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, "SO_ATTACH_REUSEPORT_CBPF"},
#endif
#if defined(SO_BUSY_POLL)
    {SOL_SOCKET, SO_BUSY_POLL, "SO_BUSY_POLL"},
#endif
#if defined(SO_BINDTODEVICE)
    {SOL_SOCKET, SO_BINDTODEVICE, "SO_BINDTODEVICE"},
#endif
#if defined(SO_MEMINFO)
    {SOL_SOCKET, SO_MEMINFO, "SO_MEMINFO"},
#endif
#if defined(UDP_SEGMENT)
    {IPPROTO_UDP, UDP_SEGMENT, "UDP_SEGMENT"},
#endif
#if defined(UDP_GRO)
    {IPPROTO_UDP, UDP_GRO, "UDP_GRO"},
#endif
#if defined(IP_PKTINFO)
    {IPPROTO_IP, IP_PKTINFO, "IP_PKTINFO"},
#endif
#if defined(IP_RECVDSTADDR)
    {IPPROTO_IP, IP_RECVDSTADDR, "IP_RECVDSTADDR"},
#endif
#if defined(IP_RECVIF)
    {IPPROTO_IP, IP_RECVIF, "IP_RECVIF"},
#endif
#if defined(IP_RECVTOS)
    {IPPROTO_IP, IP_RECVTOS, "IP_RECVTOS"},
#endif
#if defined(IP_RECVTTL)
    {IPPROTO_IP, IP_RECVTTL, "IP_RECVTTL"},
#endif
#if defined(IPV6_RECVPKTINFO)
    {IPPROTO_IPV6, IPV6_RECVPKTINFO, "IPV6_RECVPKTINFO"},
    {IPPROTO_IPV6, IPV6_RECVHOPLIMIT, "IPV6_RECVHOPLIMIT"},
#endif
#if defined(IPV6_RECVTCLASS)
    {IPPROTO_IPV6, IPV6_RECVTCLASS, "IPV6_RECVTCLASS"},
#endif
#if defined(SO_TIMESTAMP)
    {SOL_SOCKET, SO_TIMESTAMP, "SO_TIMESTAMP"},
#endif
#if defined(SO_TIMESTAMPNS)
    {SOL_SOCKET, SO_TIMESTAMPNS, "SO_TIMESTAMPNS"},
#endif
#if defined(IP_RECVERR)
    {IPPROTO_IP, IP_RECVERR, "IP_RECVERR"},
#endif
#if defined(IPV6_RECVERR)
    {IPPROTO_IPV6, IPV6_RECVERR, "IPV6_RECVERR"},
#endif
#if defined(IP_TOS)
    {IPPROTO_IP, IP_TOS, "IP_TOS"},
#endif
#if defined(IP_MTU)
    {IPPROTO_IP, IP_MTU, "IP_MTU"},
#endif
#if defined(IP_MTU_DISCOVER)
    {IPPROTO_IP, IP_MTU_DISCOVER, "IP_MTU_DISCOVER"},
#endif
#if defined(IP_DONTFRAG)
    {IPPROTO_IP, IP_DONTFRAG, "IP_DONTFRAG"},
#endif
#if defined(IP_MULTICAST_ALL)
    {IPPROTO_IP, IP_MULTICAST_ALL, "IP_MULTICAST_ALL"},
#endif
#if defined(IP_TTL)
    {IPPROTO_IP, IP_TTL, "IP_TTL"},
#endif
#if defined(IP_MULTICAST_IF)
    {IPPROTO_IP, IP_MULTICAST_IF, "IP_MULTICAST_IF"},
    {IPPROTO_IP, IP_MULTICAST_LOOP, "IP_MULTICAST_LOOP"},
    {IPPROTO_IP, IP_MULTICAST_TTL, "IP_MULTICAST_TTL"},
#endif
#if defined(IP_ADD_MEMBERSHIP)
    {IPPROTO_IP, IP_ADD_MEMBERSHIP, "IP_ADD_MEMBERSHIP"},
    {IPPROTO_IP, IP_DROP_MEMBERSHIP, "IP_DROP_MEMBERSHIP"},
#endif
#if defined(IP_ADD_SOURCE_MEMBERSHIP)
    {IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, "IP_ADD_SOURCE_MEMBERSHIP"},
    {IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, "IP_DROP_SOURCE_MEMBERSHIP"},
#endif
#if defined(MCAST_JOIN_GROUP)
    {IPPROTO_IP, MCAST_JOIN_GROUP, "MCAST_JOIN_GROUP"},
    {IPPROTO_IP, MCAST_LEAVE_GROUP, "MCAST_LEAVE_GROUP"},
    {IPPROTO_IPV6, MCAST_JOIN_GROUP, "MCAST_JOIN_GROUP"},
    {IPPROTO_IPV6, MCAST_LEAVE_GROUP, "MCAST_LEAVE_GROUP"},
#endif
    {IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY"},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS"},
    {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, "IPV6_MULTICAST_HOPS"},
    {IPPROTO_IPV6, IPV6_MULTICAST_IF, "IPV6_MULTICAST_IF"},
    {IPPROTO_IPV6, IPV6_MULTICAST_LOOP, "IPV6_MULTICAST_LOOP"},
    {IPPROTO_IPV6, IPV6_JOIN_GROUP, "IPV6_JOIN_GROUP"},
    {IPPROTO_IPV6, IPV6_LEAVE_GROUP, "IPV6_LEAVE_GROUP"},
#if defined(IPV6_TCLASS)
    {IPPROTO_IPV6, IPV6_TCLASS, "IPV6_TCLASS"},
#endif
#if defined(IPV6_MTU)
    {IPPROTO_IPV6, IPV6_MTU, "IPV6_MTU"},
#endif
#if defined(IPV6_MTU_DISCOVER)
    {IPPROTO_IPV6, IPV6_MTU_DISCOVER, "IPV6_MTU_DISCOVER"},
#endif
#if defined(IPV6_DONTFRAG)
    {IPPROTO_IPV6, IPV6_DONTFRAG, "IPV6_DONTFRAG"},
#endif
#if defined(IPV6_MULTICAST_ALL)
    {IPPROTO_IPV6, IPV6_MULTICAST_ALL, "IPV6_MULTICAST_ALL"},
#endif
#if defined(MCAST_JOIN_SOURCE_GROUP)
    {IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, "MCAST_JOIN_SOURCE_GROUP"},
    {IPPROTO_IP, MCAST_LEAVE_SOURCE_GROUP, "MCAST_LEAVE_SOURCE_GROUP"},
    {IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, "MCAST_JOIN_SOURCE_GROUP"},
    {IPPROTO_IPV6, MCAST_LEAVE_SOURCE_GROUP, "MCAST_LEAVE_SOURCE_GROUP"},
#endif
};

const char *trace_option_name(int level, int option) {
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (options[i].level == level && options[i].option == option)
            return options[i].name;
    }
    return NULL;
}

const char *trace_fcntl_name(int command) {
    switch (command) {
#if defined(F_GETFL)
    case F_GETFL:
        return "F_GETFL";
    case F_SETFL:
        return "F_SETFL";
    case F_GETFD:
        return "F_GETFD";
    case F_SETFD:
        return "F_SETFD";
    case F_DUPFD_CLOEXEC:
        return "F_DUPFD_CLOEXEC";
#endif
    default:
        return NULL;
    }
}

bool trace_is_gso(int level, int type) {
#if defined(UDP_SEGMENT)
    return level == IPPROTO_UDP && type == UDP_SEGMENT;
#else
    (void)level;
    (void)type;
    return false;
#endif
}

bool trace_is_gro(int level, int type) {
#if defined(UDP_GRO)
    return level == IPPROTO_UDP && type == UDP_GRO;
#else
    (void)level;
    (void)type;
    return false;
#endif
}

bool trace_is_error_queue(int flags) {
#if defined(MSG_ERRQUEUE)
    return (flags & MSG_ERRQUEUE) != 0;
#else
    (void)flags;
    return false;
#endif
}
