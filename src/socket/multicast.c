/* Multicast groups, and the interface to send multicast from.

   The family of the group decides which option is set, not the type of the
   socket; the kernel refuses what does not match. An IPv4 interface is given by
   one of its addresses or by its index. An IPv6 interface is given by its
   index: that of the interface's text, else the scope of the group, else that
   of the source. */
#include "util/util.h"
#include "socket/group_requests.h"
#include "socket/interface.h"
#include "socket/join_all.h"
#include "socket/memberships.h"
#include "socket/socket.h"

static int parse_group(const char *group_text, const char *interface_text,
                       dgram_address *group, struct interface *interface) {
    int result = dgram_address_parse(group_text, 0, group);

    if (result == 0)
        result =
            interface_parse(interface_text, group->any.sa_family, interface);
    return result == 0 ? interface_narrow(interface, group) : result;
}

static int parse_source(const char *source_text, const dgram_address *group,
                        dgram_address *source, struct interface *interface) {
    int result = dgram_address_parse(source_text, 0, source);

    if (result == 0 && source->any.sa_family != group->any.sa_family)
        return UV_EINVAL;
    return result == 0 ? interface_narrow(interface, source) : result;
}

/* The address of an interface is another way to give its index. */
static unsigned index_of(const struct interface *interface) {
    if (interface->index != 0 || interface->v4.s_addr == 0)
        return interface->index;
    return platform->find_interface(&interface->v4);
}

/* A membership that dgram_add_membership_all() holds alone is the kernel's
   already. Otherwise the kernel decides. */
static int join(dgram_socket *s, const dgram_address *group,
                const dgram_address *source,
                const struct interface *interface) {
    unsigned index = index_of(interface);
    struct membership *found =
        memberships_find(&s->memberships, group, source, index);
    int result;

    if (found != NULL && !found->by_itself) {
        found->by_itself = true;
        return 0;
    }
    if (found != NULL)
        return group_request(s, group, source, interface, true);
    found = memberships_add(&s->memberships, group, source, index);
    if (found == NULL)
        return UV_ENOMEM;
    found->interface = *interface;
    found->by_itself = true;
    result = group_request(s, group, source, interface, true);
    if (result < 0)
        memberships_remove(found);
    return result;
}

/* The kernel finds a membership by the address or the index with which it was
   joined. Without either it takes any of the group, which may be one of
   dgram_add_membership_all(). */
static int leave(dgram_socket *s, const dgram_address *group,
                 const dgram_address *source,
                 const struct interface *interface) {
    unsigned index = index_of(interface);
    struct membership *found =
        memberships_find(&s->memberships, group, source, index);
    int result;

    if (found == NULL && index == 0 && source == NULL &&
        memberships_find_everywhere(&s->memberships, group) != NULL)
        return UV_EADDRNOTAVAIL;
    if (found != NULL && found->by_all) {
        result = found->by_itself ? 0 : UV_EADDRNOTAVAIL;
        found->by_itself = false;
        return result;
    }
    result = group_request(
        s, group, source, found != NULL ? &found->interface : interface, false);
    if (result < 0)
        return result;
    if (found != NULL)
        memberships_remove(found);
    join_all_again(s, group);
    return 0;
}

static int change(dgram_socket *s, const char *name_of_call,
                  const dgram_address *group, const dgram_address *source,
                  const struct interface *interface, bool joins) {
    int result = group_need_bound(s, name_of_call);

    if (result < 0)
        return result;
    result = (joins ? join : leave)(s, group, source, interface);
    return result < 0 ? error_set(&s->error, result, name_of_call) : 0;
}

static int change_membership(dgram_socket *s, const char *name_of_call,
                             const char *group_text, const char *interface_text,
                             bool joins) {
    struct interface interface;
    dgram_address group;
    int result = socket_need_ip(s, name_of_call);

    if (result < 0)
        return result;
    if (text_is_empty(group_text))
        return socket_misuse(s, DGRAM_ERR_MISSING_ARGS);
    result = parse_group(group_text, interface_text, &group, &interface);
    if (result < 0)
        return error_set(&s->error, result, name_of_call);
    return change(s, name_of_call, &group, NULL, &interface, joins);
}

int dgram_add_membership(dgram_socket *s, const char *group,
                         const char *interface_name) {
    return change_membership(s, "addMembership", group, interface_name, true);
}

int dgram_drop_membership(dgram_socket *s, const char *group,
                          const char *interface_name) {
    return change_membership(s, "dropMembership", group, interface_name, false);
}

static int change_source_membership(dgram_socket *s, const char *name_of_call,
                                    const char *source_text,
                                    const char *group_text,
                                    const char *interface_text, bool joins) {
    struct interface interface;
    dgram_address source, group;
    int result = socket_need_ip(s, name_of_call);

    if (result < 0)
        return result;
    if (source_text == NULL || group_text == NULL)
        return socket_misuse(s, DGRAM_ERR_MISSING_ARGS);
    result = parse_group(group_text, interface_text, &group, &interface);
    if (result == 0)
        result = parse_source(source_text, &group, &source, &interface);
    if (result < 0)
        return error_set(&s->error, result, name_of_call);
    return change(s, name_of_call, &group, &source, &interface, joins);
}

int dgram_add_source_specific_membership(dgram_socket *s, const char *source,
                                         const char *group,
                                         const char *interface_name) {
    return change_source_membership(s, "addSourceSpecificMembership", source,
                                    group, interface_name, true);
}

int dgram_drop_source_specific_membership(dgram_socket *s, const char *source,
                                          const char *group,
                                          const char *interface_name) {
    return change_source_membership(s, "dropSourceSpecificMembership", source,
                                    group, interface_name, false);
}

int dgram_get_memberships(dgram_socket *s, dgram_membership *out, size_t max) {
    if (s->state.bind == STATE_CLOSED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    return (int)memberships_list(&s->memberships, out, max);
}

static int send_v6_from(dgram_socket *s, unsigned index) {
    return platform->set_option(s->datapath.fd, IPPROTO_IPV6, IPV6_MULTICAST_IF,
                                &index, sizeof(index));
}

/* Sets the options of both families, or neither: an IPv6 socket sends by the
   IPv4 option to mapped groups. */
static int send_both_from(dgram_socket *s, unsigned index) {
    int v6_only = 1, result = 0;
    unsigned before = 0;
    socklen_t size = sizeof(v6_only), before_size = sizeof(before);

    if (platform->has_mapped_options)
        result = platform->get_option(s->datapath.fd, IPPROTO_IPV6, IPV6_V6ONLY,
                                      &v6_only, &size);
    if (result >= 0)
        result = platform->get_option(s->datapath.fd, IPPROTO_IPV6,
                                      IPV6_MULTICAST_IF, &before, &before_size);
    if (result >= 0)
        result = send_v6_from(s, index);
    if (result < 0 || v6_only)
        return result;
    result = platform->send_multicast_from(s->datapath.fd, index);
    if (result < 0)
        send_v6_from(s, before);
    return result;
}

static int send_from_index(dgram_socket *s, unsigned index) {
    return s->type == DGRAM_UDP6
               ? send_both_from(s, index)
               : platform->send_multicast_from(s->datapath.fd, index);
}

static int send_from_address(dgram_socket *s, const dgram_address *address) {
    if (address->any.sa_family == AF_INET6)
        return send_v6_from(s, address->v6.sin6_scope_id);
    return platform->set_option(s->datapath.fd, IPPROTO_IP, IP_MULTICAST_IF,
                                &address->v4.sin_addr,
                                sizeof(address->v4.sin_addr));
}

int dgram_set_multicast_interface(dgram_socket *s, const char *interface_name) {
    static const char name_of_call[] = "setMulticastInterface";
    dgram_address address;
    unsigned index;
    int result = socket_need_ip(s, name_of_call);

    if (result < 0)
        return result;
    result = interface_read(interface_name, &address, &index);
    if (result < 0)
        return error_set(&s->error, result, name_of_call);
    result = socket_need_descriptor(s, name_of_call);
    if (result < 0)
        return result;
    result =
        index != 0 ? send_from_index(s, index) : send_from_address(s, &address);
    return result < 0 ? error_set(&s->error, result, name_of_call) : 0;
}
