/* Multicast groups, and the interface to send multicast from.

   The family of the group decides which option is set, not the type of the
   socket; the kernel refuses what does not match. An IPv4 interface is named by
   one of its addresses. An IPv6 interface is named by a scope: that of the
   interface's text, else of the group, else of the source. */
#include <string.h>

#include "util/util.h"
#include "socket/socket.h"

/* What a text says of an interface, for a group of `family`. */
struct interface {
    struct in_addr v4; /* 0.0.0.0: the kernel's choice */
    unsigned index;    /* of IPv6; 0: the kernel's choice */
};

/* Only "::" leaves the choice to the kernel: any other IPv6 address is meant to
   name an interface, and without a scope it does not. */
static int parse_interface_address(const char *text, dgram_address *out) {
    int result = dgram_address_parse(text, 0, out);

    if (result == 0 && out->any.sa_family == AF_INET6 &&
        out->v6.sin6_scope_id == 0 &&
        !IN6_IS_ADDR_UNSPECIFIED(&out->v6.sin6_addr))
        return UV_ENODEV;
    return result;
}

static int parse_interface(const char *text, int family,
                           struct interface *out) {
    dgram_address address;
    int result;

    memset(out, 0, sizeof(*out));
    if (text == NULL)
        return 0;
    result = parse_interface_address(text, &address);
    if (result == UV_EINVAL || (result == 0 && address.any.sa_family != family))
        return UV_EINVAL;
    if (family == AF_INET)
        out->v4 = address.v4.sin_addr;
    else
        out->index = address.v6.sin6_scope_id;
    return result;
}

/* A group or a source with a scope names the interface, too. */
static int narrow_interface(struct interface *interface,
                            const dgram_address *address) {
    unsigned index =
        address->any.sa_family == AF_INET6 ? address->v6.sin6_scope_id : 0;

    if (index == 0 || index == interface->index)
        return 0;
    if (interface->index != 0)
        return UV_EINVAL;
    interface->index = index;
    return 0;
}

static int parse_group(const char *group_text, const char *interface_text,
                       dgram_address *group, struct interface *interface) {
    int result = dgram_address_parse(group_text, 0, group);

    if (result == 0)
        result =
            parse_interface(interface_text, group->any.sa_family, interface);
    return result == 0 ? narrow_interface(interface, group) : result;
}

static int parse_source(const char *source_text, const dgram_address *group,
                        dgram_address *source, struct interface *interface) {
    int result = dgram_address_parse(source_text, 0, source);

    if (result == 0 && source->any.sa_family != group->any.sa_family)
        return UV_EINVAL;
    return result == 0 ? narrow_interface(interface, source) : result;
}

/* A group has a descriptor to be joined on: that of a bound socket. */
static int need_bound(dgram_socket *s, const char *name_of_call) {
    int result;

    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    result = bind_implicit(s);
    return result < 0 ? result : socket_need_descriptor(s, name_of_call);
}

static int set_membership(dgram_socket *s, const dgram_address *group,
                          const struct interface *interface, bool join) {
    if (group->any.sa_family == AF_INET) {
        struct ip_mreq request = {group->v4.sin_addr, interface->v4};
        int name = join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
        return platform->set_option(s->datapath.fd, IPPROTO_IP, name, &request,
                                    sizeof(request));
    }
    struct ipv6_mreq request = {group->v6.sin6_addr, interface->index};
    int name = join ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP;
    return platform->set_option(s->datapath.fd, IPPROTO_IPV6, name, &request,
                                sizeof(request));
}

static int change_membership(dgram_socket *s, const char *name_of_call,
                             const char *group_text, const char *interface_text,
                             bool join) {
    struct interface interface;
    dgram_address group;
    int result;

    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (text_is_empty(group_text))
        return socket_misuse(s, DGRAM_ERR_MISSING_ARGS);
    result = parse_group(group_text, interface_text, &group, &interface);
    if (result < 0)
        return error_set(&s->error, result, name_of_call);
    result = need_bound(s, name_of_call);
    if (result < 0)
        return result;
    result = set_membership(s, &group, &interface, join);
    return result < 0 ? error_set(&s->error, result, name_of_call) : 0;
}

int dgram_add_membership(dgram_socket *s, const char *group,
                         const char *interface_address) {
    return change_membership(s, "addMembership", group, interface_address,
                             true);
}

int dgram_drop_membership(dgram_socket *s, const char *group,
                          const char *interface_address) {
    return change_membership(s, "dropMembership", group, interface_address,
                             false);
}

static int set_source_membership(dgram_socket *s, const dgram_address *source,
                                 const dgram_address *group,
                                 const struct interface *interface, bool join) {
    if (group->any.sa_family == AF_INET) {
        struct ip_mreq_source request;
        int name = join ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP;
        /* By name: the order of the members is not the same everywhere. */
        request.imr_multiaddr = group->v4.sin_addr;
        request.imr_sourceaddr = source->v4.sin_addr;
        request.imr_interface = interface->v4;
        return platform->set_option(s->datapath.fd, IPPROTO_IP, name, &request,
                                    sizeof(request));
    }
    struct group_source_req request;
    int name = join ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP;
    memset(&request, 0, sizeof(request));
    request.gsr_interface = interface->index;
    memcpy(&request.gsr_group, &group->v6, sizeof(group->v6));
    memcpy(&request.gsr_source, &source->v6, sizeof(source->v6));
    return platform->set_option(s->datapath.fd, IPPROTO_IPV6, name, &request,
                                sizeof(request));
}

static int change_source_membership(dgram_socket *s, const char *name_of_call,
                                    const char *source_text,
                                    const char *group_text,
                                    const char *interface_text, bool join) {
    struct interface interface;
    dgram_address source, group;
    int result;

    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    if (source_text == NULL || group_text == NULL)
        return socket_misuse(s, DGRAM_ERR_MISSING_ARGS);
    result = parse_group(group_text, interface_text, &group, &interface);
    if (result == 0)
        result = parse_source(source_text, &group, &source, &interface);
    if (result < 0)
        return error_set(&s->error, result, name_of_call);
    result = need_bound(s, name_of_call);
    if (result < 0)
        return result;
    result = set_source_membership(s, &source, &group, &interface, join);
    return result < 0 ? error_set(&s->error, result, name_of_call) : 0;
}

int dgram_add_source_specific_membership(dgram_socket *s, const char *source,
                                         const char *group,
                                         const char *interface_address) {
    return change_source_membership(s, "addSourceSpecificMembership", source,
                                    group, interface_address, true);
}

int dgram_drop_source_specific_membership(dgram_socket *s, const char *source,
                                          const char *group,
                                          const char *interface_address) {
    return change_source_membership(s, "dropSourceSpecificMembership", source,
                                    group, interface_address, false);
}

int dgram_set_multicast_interface(dgram_socket *s,
                                  const char *interface_address) {
    static const char name_of_call[] = "setMulticastInterface";
    dgram_address address;
    int result;

    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    result = parse_interface_address(interface_address, &address);
    if (result < 0)
        return error_set(&s->error, result, name_of_call);
    result = socket_need_descriptor(s, name_of_call);
    if (result < 0)
        return result;
    if (address.any.sa_family == AF_INET)
        result = platform->set_option(s->datapath.fd, IPPROTO_IP,
                                      IP_MULTICAST_IF, &address.v4.sin_addr,
                                      sizeof(address.v4.sin_addr));
    else
        result = platform->set_option(
            s->datapath.fd, IPPROTO_IPV6, IPV6_MULTICAST_IF,
            &address.v6.sin6_scope_id, sizeof(address.v6.sin6_scope_id));
    return result < 0 ? error_set(&s->error, result, name_of_call) : 0;
}
