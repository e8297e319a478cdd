#include "os/control_send.h"

#include <string.h>

#if defined(__linux__)
#include <netinet/udp.h>
#endif

#include "os/calls.h"
#include "os/sockets.h"
#include "util/address.h"

/* The type of an IP_TOS message. */
#if defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__)
typedef unsigned char tos_value;
#else
typedef int tos_value;
#endif

/* macOS ignores the source address of a message with an interface. Without one,
   it takes the interface that has the address. */
#if defined(__APPLE__)
#define INDEX_HIDES_SOURCE true
#else
#define INDEX_HIDES_SOURCE false
#endif

/* The messages of one sendmsg(). */
struct messages {
    int fd; /* that it is called with */
    unsigned char *bytes;
    size_t size;
};

/* IPV6_PKTINFO, TOS, TTL, UDP_SEGMENT. */
_Static_assert(CMSG_SPACE(sizeof(struct in6_pktinfo)) +
                       3 * CMSG_SPACE(sizeof(int)) <=
                   CONTROL_SEND_MAX,
               "control messages of one message");

static void put(struct messages *messages, int level, int type,
                const void *value, size_t length) {
    unsigned char *at = messages->bytes + messages->size;
    struct cmsghdr *cmsg = (struct cmsghdr *)(void *)at;

    memset(at, 0, CMSG_SPACE(length));
    cmsg->cmsg_level = level;
    cmsg->cmsg_type = type;
    cmsg->cmsg_len = CMSG_LEN(length);
    memcpy(CMSG_DATA(cmsg), value, length);
    messages->size += CMSG_SPACE(length);
}

static void put_int(struct messages *messages, int level, int type, int value) {
    put(messages, level, type, &value, sizeof(value));
}

/* A segment size needs no information, and no datagram of a system without GSO
   has one. */
static void put_segment_size(struct messages *messages, uint32_t segment_size) {
#if defined(UDP_SEGMENT)
    uint16_t value = (uint16_t)segment_size;

    if (segment_size > 0)
        put(messages, IPPROTO_UDP, UDP_SEGMENT, &value, sizeof(value));
#else
    (void)messages;
    (void)segment_size;
#endif
}

/* 0.0.0.0 for ::. */
static struct in_addr ipv4_of(const dgram_address *address) {
    struct in_addr host = {0};

    if (address->any.sa_family == AF_INET)
        return address->v4.sin_addr;
    memcpy(&host, &address->v6.sin6_addr.s6_addr[12], sizeof(host));
    return host;
}

/* The source address that the descriptor is bound to, or 0.0.0.0. A message
   with an interface would override it. A group is no source address. */
static struct in_addr bound_source4(int fd) {
    struct in_addr source = {0};
    dgram_address bound = {0};
    socklen_t size = sizeof(bound);

    if (os_getsockname(fd, &bound.any, &size) >= 0)
        source = ipv4_of(&bound);
    if (IN_MULTICAST(ntohl(source.s_addr)) ||
        source.s_addr == htonl(INADDR_BROADCAST))
        source.s_addr = htonl(INADDR_ANY);
    return source;
}

/* Source and interface, either of which may be unspecified. */
static int put_source4(struct messages *messages, const dgram_send_info *info) {
    bool has_source = (info->set & DGRAM_INFO_LOCAL) != 0;
    struct in_addr source =
        has_source ? ipv4_of(&info->local) : bound_source4(messages->fd);

#if defined(IP_PKTINFO)
    struct in_pktinfo value = {.ipi_spec_dst = source};

    if ((info->set & DGRAM_INFO_INTERFACE) != 0 &&
        !(has_source && INDEX_HIDES_SOURCE))
        value.ipi_ifindex = (int)info->interface_index;
    put(messages, IPPROTO_IP, IP_PKTINFO, &value, sizeof(value));
    return 0;
#elif defined(IP_SENDSRCADDR)
    if ((info->set & DGRAM_INFO_INTERFACE) != 0 && info->interface_index != 0)
        return UV_ENOTSUP;
    if (source.s_addr != INADDR_ANY)
        put(messages, IPPROTO_IP, IP_SENDSRCADDR, &source, sizeof(source));
    return 0;
#else
    (void)messages;
    return UV_ENOTSUP;
#endif
}

static int put_info4(struct messages *messages, const dgram_send_info *info) {
    int result = 0;

    if ((info->set & (DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE)) != 0)
        result = put_source4(messages, info);
    if ((info->set & DGRAM_INFO_TOS) != 0) {
        tos_value value = info->tos;

        put(messages, IPPROTO_IP, IP_TOS, &value, sizeof(value));
    }
    if ((info->set & DGRAM_INFO_TTL) != 0) {
#if defined(__linux__)
        put_int(messages, IPPROTO_IP, IP_TTL, info->ttl);
#else
        result = UV_ENOTSUP;
#endif
    }
    return result;
}

/* A link-local source needs an interface: by default that of its scope. */
static uint32_t interface_of(const dgram_send_info *info) {
    if ((info->set & DGRAM_INFO_INTERFACE) != 0)
        return info->interface_index;
    return IN6_IS_ADDR_LINKLOCAL(&info->local.v6.sin6_addr)
               ? info->local.v6.sin6_scope_id
               : 0;
}

static void put_source6(struct messages *messages,
                        const dgram_send_info *info) {
    struct in6_pktinfo value = {0};

    if ((info->set & DGRAM_INFO_LOCAL) != 0)
        value.ipi6_addr = info->local.v6.sin6_addr;
    value.ipi6_ifindex = interface_of(info);
    put(messages, IPPROTO_IPV6, IPV6_PKTINFO, &value, sizeof(value));
}

static int put_info6(struct messages *messages, const dgram_send_info *info) {
    if ((info->set & (DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE)) != 0)
        put_source6(messages, info);
    if ((info->set & DGRAM_INFO_TOS) != 0)
        put_int(messages, IPPROTO_IPV6, IPV6_TCLASS, info->tos);
    if ((info->set & DGRAM_INFO_TTL) != 0)
        put_int(messages, IPPROTO_IPV6, IPV6_HOPLIMIT, info->ttl);
    return 0;
}

/* An IPv6 socket sends to IPv4-mapped addresses with IPv4 messages. */
static int put_info(struct messages *messages,
                    const struct platform_out *message) {
    const dgram_address *to = message->info_to;

    if (to == NULL)
        return 0; /* the kernel refuses the message */
    if (address_is_mapped(to))
        return SOCKETS_MAPPED_OPTIONS ? put_info4(messages, message->info)
                                      : UV_ENOTSUP;
    return to->any.sa_family == AF_INET ? put_info4(messages, message->info)
                                        : put_info6(messages, message->info);
}

int control_send_set(int fd, struct msghdr *header, unsigned char *bytes,
                     const struct platform_out *message) {
    struct messages messages = {.fd = fd, .bytes = bytes};
    int result = 0;

    put_segment_size(&messages, message->segment_size);
    if (message->info != NULL)
        result = put_info(&messages, message);
    if (result < 0)
        return result;
    if (messages.size > 0) {
        header->msg_control = bytes;
        header->msg_controllen = (socklen_t)messages.size;
    }
    return (int)messages.size;
}
