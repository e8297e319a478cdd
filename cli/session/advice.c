#include "session/advice.h"

#include <stdio.h>
#include <string.h>

#include "args/endpoint.h"
#include "args/interfaces.h"

#define NO_PORT_IS_FREE                                                        \
    "no port is free: end other programs, or widen "                           \
    "'sysctl net.ipv4.ip_local_port_range'"

static bool is_one_of(const char *word, const char *const *words) {
    while (*words != NULL && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

static const char *on_port_in_use(const char *verb, const struct given *given,
                                  const dgram_error *error) {
    static const char *const shares[] = {"listen", "echo", "sink", NULL};

    if (error->port == 0)
        return NO_PORT_IS_FREE;
    if (!is_one_of(verb, shares))
        return "another socket has this port: stop its program, or choose "
               "another port for --bind";
    if (given->reuse_port)
        return "another socket has this port and does not share it: its "
               "program needs --reuse-port and the same user, too";
    return "another socket has this port: stop its program, choose another "
           "port, or start both with --reuse-port";
}

static const char *on_no_access(const char *verb, const struct given *given) {
    static const char *const broadcasts[] = {"send", "ping", "flood", NULL};

    if (given->v6) /* IPv6 has no broadcast */
        return "a firewall or a route forbids it, here or on the path";
    if (given->broadcast)
        return "a firewall or a route of this host forbids it";
    if (is_one_of(verb, broadcasts))
        return "a broadcast address needs --broadcast; for other addresses, a "
               "firewall or a route of this host forbids it";
    return "it is a broadcast address, or a firewall or a route of this host "
           "forbids it";
}

/* Whether this is a link-local address without an interface. */
static bool lacks_scope(const char *text) {
    dgram_address address;
    const struct in6_addr *host = &address.v6.sin6_addr;

    if (dgram_address_parse(text, 0, &address) < 0 ||
        address.any.sa_family != AF_INET6 || address.v6.sin6_scope_id != 0)
        return false;
    return IN6_IS_ADDR_LINKLOCAL(host) || IN6_IS_ADDR_MC_LINKLOCAL(host) ||
           IN6_IS_ADDR_MC_NODELOCAL(host);
}

static bool is_group_with_scope(const char *text) {
    dgram_address address;

    return dgram_address_parse(text, 0, &address) == 0 &&
           address.any.sa_family == AF_INET6 && address.v6.sin6_scope_id != 0 &&
           IN6_IS_ADDR_MULTICAST(&address.v6.sin6_addr);
}

static const char *on_ipv6_only(const char *address) {
    if (strncmp(address, "::ffff:", 7) == 0)
        return "an address that begins with ::ffff: is IPv4: leave out "
               "--ipv6-only";
    return strcmp(address, "0.0.0.0") == 0
               ? "--ipv6-only is for IPv6: add -6, or use an IPv6 address"
               : "--ipv6-only is for IPv6: use an IPv6 address";
}

static const char *on_bind(const char *verb, const struct given *given,
                           const dgram_error *error) {
    switch (error->code) {
    case UV_EADDRINUSE:
        return on_port_in_use(verb, given, error);
    case UV_EADDRNOTAVAIL:
        return "no interface of this host has this address";
    case UV_EPERM:
        return "--device needs privileges on Linux before 5.7: CAP_NET_RAW";
    case UV_EACCES:
        return error->port < 1024
                   ? "a port below 1024 needs privileges: run this as root, or "
                     "choose a higher port"
                   : "this port needs privileges; "
                     "'sysctl net.ipv4.ip_unprivileged_port_start' shows the "
                     "first that does not";
    case UV_EINVAL:
        return given->ipv6_only && !lacks_scope(error->address)
                   ? on_ipv6_only(error->address)
                   : NULL;
    default:
        return NULL;
    }
}

static const char *on_unix(const char *call, int code) {
    bool binds = strcmp(call, "bind") == 0;

    switch (code) {
    case UV_EADDRINUSE:
        return "a program uses this socket, or the file is not a socket: "
               "choose another path";
    case UV_ENOENT:
        return binds ? "the directory does not exist"
                     : "there is no such socket: start the receiver first";
    case UV_ECONNREFUSED:
        return "no program uses this socket now: start the receiver first";
    case UV_EACCES:
    case UV_EPERM:
        return binds ? "you may not write to the directory"
                     : "the permissions of the socket or of its directory "
                       "forbid it, or it is connected to another socket";
    case UV_ENOTSUP:
        return binds ? "this system chooses no address for a Unix socket: add "
                       "--bind unix:PATH"
                     : NULL;
    case UV_EPROTOTYPE:
        return "the socket is not a datagram socket";
    case UV_EMSGSIZE:
        return "the datagram is longer than the send buffer: raise "
               "'sysctl net.core.wmem_default'";
    default:
        return NULL;
    }
}

static const char *on_group(const struct given *given, int code) {
    switch (code) {
    case UV_EINVAL:
        return "a group is an address from 224.0.0.0 to 239.255.255.255, or "
               "begins with ff;\nafter '@' write the interface: its name, its "
               "index or one of its IPv4 addresses;\n--source is an address of "
               "the group's family";
    case UV_EADDRINUSE:
    case UV_EADDRNOTAVAIL:
        return "this group is joined already: write it once";
    case UV_ENOPROTOOPT:
        return given->v6 ? "an IPv4 group needs an IPv4 socket: leave out -6"
                         : "an IPv6 group needs -6";
    case UV_ENOBUFS:
        return "a socket can join no more groups: raise "
               "'sysctl net.ipv4.igmp_max_memberships'";
    default:
        return NULL;
    }
}

static const char *on_interface(const struct given *given, int code) {
    if (code != UV_EADDRNOTAVAIL && code != UV_EINVAL && code != UV_ENOPROTOOPT)
        return NULL;
    if (given->v6)
        return "write the name of the interface as 'ip address' lists it";
    if (code == UV_EADDRNOTAVAIL)
        return "no interface of this host has this address";
    return "write the name of the interface as 'ip address' lists it, or one "
           "of its IPv4 addresses";
}

static const char *on_lookup(const struct given *given, int code) {
    switch (code) {
    case UV_EAI_NONAME:
    case UV_EAI_NODATA:
    case UV_EAI_ADDRFAMILY:
        return given->v6
                   ? "is the name right? If it has no IPv6 address, "
                     "leave out -6"
                   : "is the name right? If it has only IPv6 addresses, add -6";
    case UV_EAI_AGAIN:
        return "no name server answers: is the name right, is the network up?";
    default:
        return NULL;
    }
}

static const char *on_no_route_to_group(const char *verb,
                                        const struct given *given,
                                        const dgram_error *error) {
    if (given->interface || is_group_with_scope(error->address))
        return "this interface is down or has no address: check 'ip address'";
    if (strcmp(verb, "mtu") == 0)
        return "there is no route to this group: add one with "
               "'ip route add GROUP dev INTERFACE'";
    return "there is no route to this group: choose an interface with "
           "--interface NAME";
}

/* --interface says the interface of a group, but not that of a host. */
static bool chooses_group(const struct given *given, const dgram_error *error) {
    return given->interface && endpoint_is_group(error->address);
}

static const char *on_no_route(const char *verb, const struct given *given,
                               const dgram_error *error) {
    if (lacks_scope(error->address) && !chooses_group(given, error))
        return NULL; /* on_any() has it */
    if (endpoint_is_group(error->address))
        return on_no_route_to_group(verb, given, error);
    if (strcmp(verb, "send") == 0 && !given->bind &&
        strcmp(error->address, "255.255.255.255") == 0)
        return "there is no route: choose an interface by its address with "
               "--bind ADDRESS:0";
    if (given->interface || given->source)
        return "there is no route through that interface or from that source: "
               "'ip route' lists the routes";
    if (error->code == UV_EHOSTUNREACH)
        return "the host does not answer, there is no route to it, or a "
               "firewall on the path forbids it";
    return "there is no route: is the address right, is the network up?";
}

/* For a send, a connect, or an error that the network reports later. */
static const char *on_sending(const char *verb, const struct given *given,
                              const dgram_error *error) {
    switch (error->code) {
    case UV_EACCES:
        return on_no_access(verb, given);
    case UV_EINVAL:
        if (lacks_scope(error->address))
            return NULL; /* on_any() has it */
        return given->bind
                   ? "nothing can be sent there from the address of --bind"
                   : "nothing can be sent to this address, or a "
                     "blackhole route discards it: 'ip route' lists "
                     "the routes";
    case UV_EPERM:
        return "a firewall of this host forbids it";
    case UV_EMSGSIZE:
        if (given->df)
            return "the datagram exceeds the path MTU: send less, or leave "
                   "out --df;\n'dgram mtu' finds the longest payload";
        return strcmp(error->syscall, "send") == 0
                   ? "a datagram carries at most 65507 bytes, over IPv6 65527"
                   : "a datagram exceeded the path MTU: send it again, and "
                     "the system fragments it";
    case UV_ECONNREFUSED:
        return "nobody listens on that port: start the receiver first";
    case UV_ENETUNREACH:
    case UV_EHOSTUNREACH:
    case UV_EADDRNOTAVAIL:
        return on_no_route(verb, given, error);
    default:
        return NULL;
    }
}

static const char *on_no_interface(const struct given *given,
                                   const char *call) {
    static char text[600];
    const char *option = "";

    if (strcmp(call, "setMulticastInterface") == 0)
        option = "--interface: ";
    else if (given->device && strcmp(call, "bind") == 0)
        option = "--device: ";

    snprintf(text, sizeof text, "%sthere is no such interface; there are %s",
             option, interfaces_text());
    return text;
}

static const char *on_any(const struct given *given, const dgram_error *error) {
    switch (error->code) {
    case UV_EINVAL:
    case UV_ENETUNREACH:
    case UV_EHOSTUNREACH:
    case UV_EADDRNOTAVAIL:
        return lacks_scope(error->address)
                   ? "this address needs its interface: [fe80::1%eth0]:PORT"
                   : NULL;
    case UV_ENODEV:
        return on_no_interface(given, error->syscall);
    case UV_ENOTSUP:
        return "this system does not support an option: leave it out";
    case UV_EAGAIN:
        return NO_PORT_IS_FREE;
    case UV_EMFILE:
    case UV_ENFILE:
        return "too many files are open: end other programs, or raise "
               "'ulimit -n'";
    case UV_EAFNOSUPPORT:
        return given->v6 ? "this host has no IPv6: use an IPv4 address" : NULL;
    default:
        return NULL;
    }
}

const char *advice(const char *verb, const struct given *given,
                   const dgram_error *error) {
    static const char *const sends[] = {"connect", "send",     "sendmsg",
                                        "recvmsg", "recvfrom", NULL};
    const char *call = error->syscall, *text = NULL;

    if (given->is_unix)
        text = on_unix(call, error->code);
    else if (strcmp(call, "addMembership") == 0 ||
             strcmp(call, "addSourceSpecificMembership") == 0)
        text = on_group(given, error->code);
    else if (strcmp(call, "setMulticastInterface") == 0)
        text = on_interface(given, error->code);
    else if (strcmp(call, "bind") == 0)
        text = on_bind(verb, given, error);
    else if (strcmp(call, "getaddrinfo") == 0)
        text = on_lookup(given, error->code);
    else if (is_one_of(call, sends))
        text = on_sending(verb, given, error);
    return text != NULL ? text : on_any(given, error);
}
