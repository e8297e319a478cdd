#include "util/send_info.h"

#include <string.h>

#define SENDABLE (DGRAM_INFO_ALL & ~DGRAM_INFO_TIMESTAMP)

static bool is_ip(const dgram_address *address) {
    return address->any.sa_family == AF_INET ||
           address->any.sa_family == AF_INET6;
}

/* Whether the source can be used with the destination: an IPv4-mapped address
   is an IPv4 address, though its family is AF_INET6. */
static bool source_fits(const dgram_address *source, const dgram_address *to) {
    return source->any.sa_family == to->any.sa_family &&
           (address_is_any(source) ||
            address_is_mapped(source) == address_is_mapped(to));
}

bool send_info_is_valid(const dgram_send_info *info, const dgram_address *to) {
    if (info->set != 0 && to != NULL && address_is_unix(to))
        return false;
    if ((info->set & ~SENDABLE) != 0 ||
        ((info->set & DGRAM_INFO_TTL) != 0 && info->ttl == 0))
        return false;
    if ((info->set & DGRAM_INFO_LOCAL) == 0)
        return true;
    return to == NULL ? is_ip(&info->local) : source_fits(&info->local, to);
}

static bool same_source(const dgram_address *a, const dgram_address *b) {
    return address_same_host(a, b) && address_scope(a) == address_scope(b);
}

bool send_info_equal(const dgram_send_info *a, const dgram_send_info *b) {
    uint32_t set = a != NULL ? a->set : 0;

    if (set != (b != NULL ? b->set : 0))
        return false;
    return ((set & DGRAM_INFO_INTERFACE) == 0 ||
            a->interface_index == b->interface_index) &&
           ((set & DGRAM_INFO_TOS) == 0 || a->tos == b->tos) &&
           ((set & DGRAM_INFO_TTL) == 0 || a->ttl == b->ttl) &&
           ((set & DGRAM_INFO_LOCAL) == 0 || same_source(&a->local, &b->local));
}

static bool is_link_local(const dgram_address *address) {
    return address->any.sa_family == AF_INET6 &&
           IN6_IS_ADDR_LINKLOCAL(&address->v6.sin6_addr);
}

/* If the request was unicast, its destination names this host, and the routing
   table has the route back, which may use another interface: the sender may be
   on this host, or the routes may be asymmetric. Only a link-local address is
   ambiguous without its interface. */
static bool needs_interface(const dgram_receive_info *received) {
    return (received->valid & DGRAM_INFO_LOCAL) == 0 ||
           is_link_local(&received->reply_from) ||
           !address_same_host(&received->reply_from, &received->local);
}

void dgram_reply_info(const dgram_receive_info *received,
                      dgram_send_info *info_out) {
    memset(info_out, 0, sizeof(*info_out));
    if (received == NULL)
        return;
    if ((received->valid & DGRAM_INFO_LOCAL) != 0) {
        info_out->local = received->reply_from;
        address_set_port(&info_out->local, 0);
        info_out->set |= DGRAM_INFO_LOCAL;
    }
    if ((received->valid & DGRAM_INFO_INTERFACE) != 0 &&
        needs_interface(received)) {
        info_out->interface_index = received->interface_index;
        info_out->set |= DGRAM_INFO_INTERFACE;
    }
}
