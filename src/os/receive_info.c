#include "os/receive_info.h"

#include <stddef.h>

#include "os/sockets.h"

/* The options that enable control messages. */
struct receive_option {
    uint32_t info; /* DGRAM_INFO_* */
    sa_family_t family;
    int level, name;
    int instead; /* another option of the level that serves as well, or 0 */
};

static const struct receive_option options[] = {
#if defined(SO_PASSCRED)
    {DGRAM_INFO_CREDENTIALS, AF_UNIX, SOL_SOCKET, SO_PASSCRED, 0},
#endif
#if defined(IP_PKTINFO)
    {DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE, AF_INET, IPPROTO_IP, IP_PKTINFO,
     0},
#else
#if defined(IP_RECVDSTADDR)
    {DGRAM_INFO_LOCAL, AF_INET, IPPROTO_IP, IP_RECVDSTADDR, 0},
#endif
#if defined(IP_RECVIF)
    {DGRAM_INFO_INTERFACE, AF_INET, IPPROTO_IP, IP_RECVIF, 0},
#endif
#endif
#if defined(IP_RECVTOS)
    {DGRAM_INFO_TOS, AF_INET, IPPROTO_IP, IP_RECVTOS, 0},
#endif
#if defined(IP_RECVTTL)
    {DGRAM_INFO_TTL, AF_INET, IPPROTO_IP, IP_RECVTTL, 0},
#endif
#if defined(IPV6_RECVPKTINFO)
    {DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE, AF_INET6, IPPROTO_IPV6,
     IPV6_RECVPKTINFO, 0},
#endif
#if defined(IPV6_RECVTCLASS)
    {DGRAM_INFO_TOS, AF_INET6, IPPROTO_IPV6, IPV6_RECVTCLASS, 0},
#endif
#if defined(IPV6_RECVHOPLIMIT)
    {DGRAM_INFO_TTL, AF_INET6, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 0},
#endif
/* The kernel reports the time by one of these only. What the program has
   enabled stays enabled. */
#if defined(SO_TIMESTAMPNS)
    {DGRAM_INFO_TIMESTAMP, AF_UNSPEC, SOL_SOCKET, SO_TIMESTAMPNS, SO_TIMESTAMP},
#elif defined(SO_TIMESTAMP)
    {DGRAM_INFO_TIMESTAMP, AF_UNSPEC, SOL_SOCKET, SO_TIMESTAMP, 0},
#endif
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

/* The option of the library, or the one of the program that serves as well. */
static bool is_on(int fd, const struct receive_option *option) {
    return sockets_option_is_on(fd, option->level, option->name) ||
           (option->instead != 0 &&
            sockets_option_is_on(fd, option->level, option->instead));
}

static int set(int fd, const struct receive_option *option, int on) {
    return sockets_set_option(fd, option->level, option->name, &on, sizeof(on));
}

/* Where IPv6 sockets have IPv4 options, those are for IPv4-mapped senders. */
static bool concerns(const struct receive_option *option, int kind) {
    if (option->family == AF_UNIX || kind == PLATFORM_UNIX)
        return option->family == AF_UNSPEC ||
               (option->family == AF_UNIX && kind == PLATFORM_UNIX);
    return option->family == AF_UNSPEC ||
           (option->family == AF_INET6) == (kind == PLATFORM_UDP6) ||
           (kind == PLATFORM_UDP6 && SOCKETS_MAPPED_OPTIONS);
}

int receive_info_enable(int fd, uint32_t info) {
    int kind = sockets_kind(fd);
    unsigned enabled = 0;

    if (kind < 0)
        return kind;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct receive_option *option = &options[i];
        int result;

        if ((option->info & info) == 0 || !concerns(option, kind) ||
            is_on(fd, option))
            continue;
        result = set(fd, option, 1);
        if (result < 0) {
            receive_info_disable(fd, enabled);
            return result;
        }
        enabled |= 1u << i;
    }
    return (int)enabled;
}

void receive_info_disable(int fd, unsigned enabled) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if ((enabled & 1u << i) != 0)
            set(fd, &options[i], 0);
    }
}
