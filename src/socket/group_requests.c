#include "socket/group_requests.h"

#include <string.h>

#include "os/bsd.h"
#include "socket/socket.h"

int group_need_bound(dgram_socket *s, const char *name_of_call) {
    int result = bind_implicit(s);

    return result < 0 ? result : socket_need_descriptor(s, name_of_call);
}

static void copy_address(struct sockaddr_storage *out,
                         const dgram_address *address) {
    socklen_t length = address_length(address);

    memcpy(out, address, length);
    os_set_length((struct sockaddr *)out, length);
}

/* The request of RFC 3678, which has an index for both families. */
static int set_by_index(dgram_socket *s, const dgram_address *group,
                        unsigned index, bool join) {
    bool v6 = group->any.sa_family == AF_INET6;
    struct group_req request;

    memset(&request, 0, sizeof(request));
    request.gr_interface = index;
    copy_address(&request.gr_group, group);
    return platform->set_option(s->datapath.fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                join ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP,
                                &request, sizeof(request));
}

static int set_membership(dgram_socket *s, const dgram_address *group,
                          const struct interface *interface, bool join) {
    if (group->any.sa_family == AF_INET6) {
        struct ipv6_mreq request = {group->v6.sin6_addr, interface->index};
        int name = join ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP;
        return platform->set_option(s->datapath.fd, IPPROTO_IPV6, name,
                                    &request, sizeof(request));
    }
    if (interface->index != 0)
        return set_by_index(s, group, interface->index, join);
    struct ip_mreq request = {group->v4.sin_addr, interface->v4};
    int name = join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
    return platform->set_option(s->datapath.fd, IPPROTO_IP, name, &request,
                                sizeof(request));
}

static int set_source_by_index(dgram_socket *s, const dgram_address *source,
                               const dgram_address *group, unsigned index,
                               bool join) {
    bool v6 = group->any.sa_family == AF_INET6;
    struct group_source_req request;

    memset(&request, 0, sizeof(request));
    request.gsr_interface = index;
    copy_address(&request.gsr_group, group);
    copy_address(&request.gsr_source, source);
    return platform->set_option(s->datapath.fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                join ? MCAST_JOIN_SOURCE_GROUP
                                     : MCAST_LEAVE_SOURCE_GROUP,
                                &request, sizeof(request));
}

static int set_source_membership(dgram_socket *s, const dgram_address *source,
                                 const dgram_address *group,
                                 const struct interface *interface, bool join) {
    struct ip_mreq_source request;
    int name = join ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP;

    if (group->any.sa_family == AF_INET6 || interface->index != 0)
        return set_source_by_index(s, source, group, interface->index, join);
    /* The order of the members differs between systems. */
    request.imr_multiaddr = group->v4.sin_addr;
    request.imr_sourceaddr = source->v4.sin_addr;
    request.imr_interface = interface->v4;
    return platform->set_option(s->datapath.fd, IPPROTO_IP, name, &request,
                                sizeof(request));
}

int group_request(dgram_socket *s, const dgram_address *group,
                  const dgram_address *source,
                  const struct interface *interface, bool join) {
    return source != NULL
               ? set_source_membership(s, source, group, interface, join)
               : set_membership(s, group, interface, join);
}
