/* Control messages, and the options that enable them. */
#include <string.h>

#include "os/windows_calls.h"
#include "os/windows_messages.h"
#include "os/windows_sockets.h"
#include "util/address.h"

/* Values of constants that the headers may lack. */
#define OPTION_SEND_MSG_SIZE 2 /* UDP_SEND_MSG_SIZE */
#define OPTION_PKTINFO 19      /* IP_PKTINFO, IPV6_PKTINFO */
#define OPTION_HOPLIMIT 21     /* IP_HOPLIMIT (IP_RECVTTL), IPV6_HOPLIMIT */
#define OPTION_TCLASS_V6 39    /* IPV6_TCLASS */
#define OPTION_RECVTOS 40      /* IP_RECVTOS, IPV6_RECVTCLASS */

/* IPV6_PKTINFO, TOS, TTL, UDP_SEND_MSG_SIZE. */
_Static_assert(WSA_CMSG_SPACE(sizeof(struct in6_pktinfo)) +
                       3 * WSA_CMSG_SPACE(sizeof(int)) <=
                   WINDOWS_CONTROL_SEND_MAX,
               "control messages of one message");

/* ---- Sending ------------------------------------------------------------ */

static void put(WSABUF *control, int level, int type, const void *value,
                size_t length) {
    unsigned char *at = (unsigned char *)control->buf + control->len;
    WSACMSGHDR *header = (WSACMSGHDR *)(void *)at;

    memset(at, 0, WSA_CMSG_SPACE(length));
    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = WSA_CMSG_LEN(length);
    memcpy(WSA_CMSG_DATA(header), value, length);
    control->len += (ULONG)WSA_CMSG_SPACE(length);
}

static void put_int(WSABUF *control, int level, int type, int value) {
    put(control, level, type, &value, sizeof(value));
}

static struct in_addr ipv4_of(const dgram_address *address) {
    struct in_addr host;

    if (address->any.sa_family == AF_INET)
        return address->v4.sin_addr;
    memcpy(&host, &address->v6.sin6_addr.s6_addr[12], sizeof(host));
    return host;
}

static uint32_t interface_of(const dgram_send_info *info) {
    return (info->set & DGRAM_INFO_INTERFACE) != 0 ? info->interface_index : 0;
}

static bool has_source(const dgram_send_info *info) {
    return (info->set & (DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE)) != 0;
}

/* Windows has no IPv4 control message for the TTL. */
static int put_info4(WSABUF *control, const dgram_send_info *info) {
    struct in_pktinfo source = {.ipi_ifindex = interface_of(info)};

    if ((info->set & DGRAM_INFO_TTL) != 0)
        return UV_ENOTSUP;
    if ((info->set & DGRAM_INFO_LOCAL) != 0)
        source.ipi_addr = ipv4_of(&info->local);
    if (has_source(info))
        put(control, IPPROTO_IP, OPTION_PKTINFO, &source, sizeof(source));
    if ((info->set & DGRAM_INFO_TOS) != 0)
        put_int(control, IPPROTO_IP, IP_TOS, info->tos);
    return 0;
}

static int put_info6(WSABUF *control, const dgram_send_info *info) {
    struct in6_pktinfo source = {.ipi6_ifindex = interface_of(info)};

    if ((info->set & DGRAM_INFO_LOCAL) != 0)
        source.ipi6_addr = info->local.v6.sin6_addr;
    if (has_source(info))
        put(control, IPPROTO_IPV6, OPTION_PKTINFO, &source, sizeof(source));
    if ((info->set & DGRAM_INFO_TOS) != 0)
        put_int(control, IPPROTO_IPV6, OPTION_TCLASS_V6, info->tos);
    if ((info->set & DGRAM_INFO_TTL) != 0)
        put_int(control, IPPROTO_IPV6, OPTION_HOPLIMIT, info->ttl);
    return 0;
}

/* For an IPv4-mapped destination, an IPv6 socket takes IPv4 control messages.
 */
int windows_control_put(WSABUF *control, const struct platform_out *message) {
    const dgram_address *to = message->info_to;

    control->len = 0;
    if (message->segment_size > 0)
        put_int(control, IPPROTO_UDP, OPTION_SEND_MSG_SIZE,
                (int)message->segment_size);
    if (message->info == NULL || to == NULL)
        return 0;
    return to->any.sa_family == AF_INET || address_is_mapped(to)
               ? put_info4(control, message->info)
               : put_info6(control, message->info);
}

uint32_t windows_segments_max(dgram_fd fd) {
    DWORD size = 0;
    socklen_t length = sizeof(size);

    return windows_getsockopt(fd, IPPROTO_UDP, OPTION_SEND_MSG_SIZE, &size,
                              &length) >= 0
               ? 64
               : 1;
}

/* ---- Receiving ---------------------------------------------------------- */

static void set_interface(dgram_receive_info *out, uint32_t index) {
    if (index == 0)
        return;
    out->interface_index = index;
    out->valid |= DGRAM_INFO_INTERFACE;
}

/* Writes an IPv4 address in the family of the sender: IPv4-mapped on an IPv6
   socket. */
static void put_v4(const dgram_address *from, struct in_addr address,
                   dgram_address *out) {
    memset(out, 0, sizeof(*out));
    out->any.sa_family = from->any.sa_family;
    if (from->any.sa_family == AF_INET) {
        out->v4.sin_addr = address;
        return;
    }
    out->v6.sin6_addr.s6_addr[10] = out->v6.sin6_addr.s6_addr[11] = 0xff;
    memcpy(&out->v6.sin6_addr.s6_addr[12], &address, sizeof(address));
}

/* Windows does not report which address to answer from. The answer leaves from
   where the datagram was sent to, unless that is no address of a host. The
   broadcast address of a network cannot be recognized. */
static void read_source4(const struct in_pktinfo *source,
                         const dgram_address *from, dgram_receive_info *out) {
    uint32_t host = ntohl(source->ipi_addr.s_addr);
    struct in_addr reply_from = {0};

    set_interface(out, source->ipi_ifindex);
    if (!IN_MULTICAST(host) && host != INADDR_BROADCAST)
        reply_from = source->ipi_addr;
    put_v4(from, source->ipi_addr, &out->local);
    put_v4(from, reply_from, &out->reply_from);
    out->valid |= DGRAM_INFO_LOCAL;
}

static bool needs_scope(const struct in6_addr *address) {
    return IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_MC_LINKLOCAL(address);
}

static void read_source6(const struct in6_pktinfo *source,
                         dgram_receive_info *out) {
    set_interface(out, source->ipi6_ifindex);
    memset(&out->local, 0, sizeof(out->local));
    out->local.v6.sin6_family = AF_INET6;
    out->local.v6.sin6_addr = source->ipi6_addr;
    if (needs_scope(&source->ipi6_addr))
        out->local.v6.sin6_scope_id = source->ipi6_ifindex;
    out->reply_from = out->local;
    if (IN6_IS_ADDR_MULTICAST(&source->ipi6_addr)) {
        memset(&out->reply_from.v6.sin6_addr, 0, sizeof(struct in6_addr));
        out->reply_from.v6.sin6_scope_id = 0;
    }
    out->valid |= DGRAM_INFO_LOCAL;
}

static void read_byte(const void *data, uint32_t flag, uint8_t *value_out,
                      dgram_receive_info *out) {
    int value;

    memcpy(&value, data, sizeof(value));
    *value_out = (uint8_t)value;
    out->valid |= flag;
}

static void read_v4(int type, const void *data, size_t size,
                    const dgram_address *from, dgram_receive_info *out) {
    struct in_pktinfo source;

    if (type == OPTION_PKTINFO && size >= sizeof(source)) {
        memcpy(&source, data, sizeof(source));
        read_source4(&source, from, out);
    } else if (size >= sizeof(int)) {
        if (type == IP_TOS || type == OPTION_RECVTOS)
            read_byte(data, DGRAM_INFO_TOS, &out->tos, out);
        if (type == IP_TTL || type == OPTION_HOPLIMIT)
            read_byte(data, DGRAM_INFO_TTL, &out->ttl, out);
    }
}

static void read_v6(int type, const void *data, size_t size,
                    dgram_receive_info *out) {
    struct in6_pktinfo source;

    if (type == OPTION_PKTINFO && size >= sizeof(source)) {
        memcpy(&source, data, sizeof(source));
        if ((out->valid & DGRAM_INFO_LOCAL) == 0)
            read_source6(&source, out);
    } else if (size >= sizeof(int)) {
        if (type == OPTION_TCLASS_V6 || type == OPTION_RECVTOS)
            read_byte(data, DGRAM_INFO_TOS, &out->tos, out);
        if (type == OPTION_HOPLIMIT)
            read_byte(data, DGRAM_INFO_TTL, &out->ttl, out);
    }
}

void windows_control_parse(WSAMSG *message, const dgram_address *from,
                           dgram_receive_info *out) {
    WSACMSGHDR *header = WSA_CMSG_FIRSTHDR(message);

    out->valid = 0;
    for (; header != NULL; header = WSA_CMSG_NXTHDR(message, header)) {
        const void *data = WSA_CMSG_DATA(header);
        size_t size = header->cmsg_len > WSA_CMSG_LEN(0)
                          ? header->cmsg_len - WSA_CMSG_LEN(0)
                          : 0;

        if (header->cmsg_level == IPPROTO_IP)
            read_v4(header->cmsg_type, data, size, from, out);
        else if (header->cmsg_level == IPPROTO_IPV6)
            read_v6(header->cmsg_type, data, size, out);
    }
}

/* ---- Options ------------------------------------------------------------ */

/* Each option has the same number for IPv4 and IPv6. */
static const struct {
    uint32_t info; /* DGRAM_INFO_* */
    int name;
} options[] = {
    {DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE, OPTION_PKTINFO},
    {DGRAM_INFO_TOS, OPTION_RECVTOS},
    {DGRAM_INFO_TTL, OPTION_HOPLIMIT},
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

/* `bit` is a bit of what windows_enable_info() returns: one for each option of
   IPv4, then one for each of IPv6. */
static int set(dgram_fd fd, unsigned bit, int on) {
    int level = bit < OPTION_COUNT ? IPPROTO_IP : IPPROTO_IPV6;
    DWORD value = (DWORD)on;

    return windows_setsockopt(fd, level, options[bit % OPTION_COUNT].name,
                              &value, sizeof(value));
}

static bool is_on(dgram_fd fd, unsigned bit) {
    int level = bit < OPTION_COUNT ? IPPROTO_IP : IPPROTO_IPV6;
    DWORD value = 0;
    socklen_t size = sizeof(value);

    return windows_getsockopt(fd, level, options[bit % OPTION_COUNT].name,
                              &value, &size) >= 0 &&
           value != 0;
}

/* On an IPv6 socket the options of IPv4 are for IPv4-mapped senders. */
int windows_enable_info(dgram_fd fd, uint32_t info) {
    int kind = windows_kind(fd);
    unsigned count = kind == PLATFORM_UDP6 ? 2 * OPTION_COUNT : OPTION_COUNT;
    unsigned enabled = 0;

    if (kind < 0)
        return kind;
    for (unsigned bit = 0; bit < count; bit++) {
        int result;

        if ((options[bit % OPTION_COUNT].info & info) == 0 || is_on(fd, bit))
            continue;
        result = set(fd, bit, 1);
        if (result < 0) {
            windows_disable_info(fd, enabled);
            return result;
        }
        enabled |= 1u << bit;
    }
    return (int)enabled;
}

void windows_disable_info(dgram_fd fd, unsigned enabled) {
    for (unsigned bit = 0; bit < 2 * OPTION_COUNT; bit++)
        if ((enabled & 1u << bit) != 0)
            set(fd, bit, 0);
}
