#include "os/interfaces.h"

#include <string.h>

#include <ifaddrs.h>
#include <net/if.h>

#include "os/calls.h"
#include "os/sockets.h"

static bool is_usable(unsigned flags) {
    return (flags & IFF_UP) != 0 &&
           (flags & (IFF_MULTICAST | IFF_LOOPBACK)) != 0;
}

/* The list has an entry for each address; an interface comes once. */
static bool is_repeated(const struct ifaddrs *first,
                        const struct ifaddrs *entry) {
    for (; first != entry; first = first->ifa_next)
        if (strcmp(first->ifa_name, entry->ifa_name) == 0)
            return true;
    return false;
}

int interfaces_list(struct platform_interface *out, unsigned max) {
    struct ifaddrs *first, *entry;
    unsigned count = 0, index;

    if (os_getifaddrs(&first) < 0)
        return sockets_error();
    for (entry = first; entry != NULL; entry = entry->ifa_next) {
        index = is_repeated(first, entry) ? 0 : if_nametoindex(entry->ifa_name);
        if (index == 0)
            continue;
        if (count < max)
            out[count] =
                (struct platform_interface){index, is_usable(entry->ifa_flags)};
        count++;
    }
    freeifaddrs(first);
    return (int)count;
}

static bool has_address(const struct ifaddrs *entry,
                        const struct in_addr *address) {
    struct sockaddr_in v4;

    if (entry->ifa_addr == NULL || entry->ifa_addr->sa_family != AF_INET)
        return false;
    memcpy(&v4, entry->ifa_addr, sizeof(v4));
    return v4.sin_addr.s_addr == address->s_addr;
}

unsigned interfaces_find(const struct in_addr *address) {
    struct ifaddrs *first, *entry;
    unsigned index = 0;

    if (os_getifaddrs(&first) < 0)
        return 0;
    for (entry = first; entry != NULL && index == 0; entry = entry->ifa_next)
        if (has_address(entry, address))
            index = if_nametoindex(entry->ifa_name);
    freeifaddrs(first);
    return index;
}

int interfaces_send_multicast_from(int fd, unsigned interface_index) {
#if defined(__linux__) || defined(__APPLE__) || defined(__FreeBSD__)
    struct ip_mreqn request = {.imr_ifindex = (int)interface_index};

    return sockets_set_option(fd, IPPROTO_IP, IP_MULTICAST_IF, &request,
                              sizeof(request));
#else
    (void)fd;
    (void)interface_index;
    return UV_ENOTSUP;
#endif
}
