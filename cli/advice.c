#include "advice.h"

#include <string.h>

static bool is_one_of(const char *word, const char *const *words) {
    while (*words != NULL && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

static const char *on_port_in_use(const char *verb, const struct given *given) {
    static const char *const shares[] = {"listen", "echo", "sink", NULL};

    if (!is_one_of(verb, shares))
        return "another socket has this port: stop its program, or choose "
               "another for --bind";
    if (given->reuse_port)
        return "another socket has this port and does not share it: it needs "
               "--reuse-port too, and the same user";
    return "another socket has this port: stop its program, choose another "
           "port, or share it by --reuse-port for both";
}

static const char *on_no_access(const char *verb, const struct given *given) {
    static const char *const broadcasts[] = {"send", "ping", NULL};

    if (given->broadcast)
        return "a firewall or a route of this machine forbids it";
    if (is_one_of(verb, broadcasts))
        return "a broadcast address needs --broadcast; any other is forbidden "
               "by a firewall or a route of this machine";
    return "it is a broadcast address, or a firewall or a route of this "
           "machine forbids it";
}

static bool lacks_scope(const char *address) {
    return strncmp(address, "fe80:", 5) == 0 && strchr(address, '%') == NULL;
}

static const char *on_bind(const char *verb, const struct given *given,
                           const dgram_error *error) {
    switch (error->code) {
    case UV_EADDRINUSE:
        return on_port_in_use(verb, given);
    case UV_EADDRNOTAVAIL:
        return "no interface of this machine has this address";
    case UV_EACCES:
        return "a port below 1024 needs privileges";
    case UV_EINVAL:
        if (given->ipv6_only && !given->v6)
            return "--ipv6-only is for IPv6: add -6, or an IPv6 address";
        return NULL;
    default:
        return NULL;
    }
}

static const char *on_group(const struct given *given, int code) {
    switch (code) {
    case UV_EINVAL:
        return "a group is an address from 224.0.0.0 to 239.255.255.255, or "
               "begins with ff;\nbehind '@' stands an IPv4 address of the "
               "interface, or for IPv6 its name;\n--source is an address of "
               "the group's family";
    case UV_EADDRINUSE:
    case UV_EADDRNOTAVAIL:
        return "it is joined already: name it once";
    case UV_ENOPROTOOPT:
        return given->v6 ? "an IPv4 group needs an IPv4 socket: leave -6 out"
                         : "an IPv6 group needs -6";
    case UV_ENOBUFS:
        return "a socket can join no more groups: "
               "'sysctl net.ipv4.igmp_max_memberships'";
    default:
        return NULL;
    }
}

static const char *on_interface(const struct given *given, int code) {
    if (code != UV_EADDRNOTAVAIL && code != UV_EINVAL && code != UV_ENOPROTOOPT)
        return NULL;
    if (given->v6)
        return "for IPv6 the interface is ::%NAME, with a name that "
               "'ip address' lists";
    if (code == UV_EADDRNOTAVAIL)
        return "no interface of this machine has this address";
    return "for IPv4 the interface is one of its IPv4 addresses";
}

static const char *on_lookup(const struct given *given, int code) {
    switch (code) {
    case UV_EAI_NONAME:
    case UV_EAI_NODATA:
    case UV_EAI_ADDRFAMILY:
        return given->v6 ? "is the name right? If it has no IPv6 address, "
                           "leave -6 out"
                         : "is the name right? An IPv6-only one needs -6";
    case UV_EAI_AGAIN:
        return "no name server answers: is the name right, is the network up?";
    default:
        return NULL;
    }
}

/* Of a send, a connect, or what the network says later. */
static const char *on_sending(const char *verb, const struct given *given,
                              const dgram_error *error) {
    switch (error->code) {
    case UV_EACCES:
        return on_no_access(verb, given);
    case UV_EINVAL:
        return given->bind && !lacks_scope(error->address)
                   ? "from the address of --bind nothing goes there"
                   : NULL;
    case UV_EPERM:
        return "a firewall of this machine forbids it";
    case UV_EMSGSIZE:
        return "a datagram carries at most 65507 bytes, over IPv6 65527";
    case UV_ECONNREFUSED:
        return "nobody listens on that port: start the receiver first";
    case UV_ENETUNREACH:
    case UV_EHOSTUNREACH:
    case UV_EADDRNOTAVAIL:
        return "no route leads there: is the address right, is the network up?";
    default:
        return NULL;
    }
}

static const char *on_any(const struct given *given, const dgram_error *error) {
    switch (error->code) {
    case UV_EINVAL:
        return lacks_scope(error->address)
                   ? "such an address needs its interface: [fe80::1%eth0]:PORT"
                   : NULL;
    case UV_ENODEV:
        return "there is no such interface: 'ip address' lists them";
    case UV_EAGAIN:
        return "no port is free: 'sysctl net.ipv4.ip_local_port_range'";
    case UV_EMFILE:
    case UV_ENFILE:
        return "too many files are open: end a program, or raise 'ulimit -n'";
    case UV_EAFNOSUPPORT:
        return given->v6 ? "this machine has no IPv6: use an IPv4 address"
                         : NULL;
    default:
        return NULL;
    }
}

const char *advice(const char *verb, const struct given *given,
                   const dgram_error *error) {
    static const char *const sends[] = {"connect", "send",     "sendmsg",
                                        "recvmsg", "recvfrom", NULL};
    const char *call = error->syscall, *text = NULL;

    if (strcmp(call, "addMembership") == 0 ||
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
