#include "os/path.h"

#include <net/if.h>
#include <string.h>

#include "os/sockets.h"

#if defined(SO_BINDTODEVICE)

int path_set_device(int fd, const char *name) {
    return sockets_set_option(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
                              (socklen_t)strlen(name));
}

int path_copy_device(int from, int to) {
    char name[IF_NAMESIZE] = "";
    socklen_t size = sizeof(name);
    int result =
        sockets_get_option(from, SOL_SOCKET, SO_BINDTODEVICE, name, &size);

    if (result < 0 || size == 0)
        return result;
    return path_set_device(to, name);
}

#elif defined(IP_BOUND_IF) && defined(IPV6_BOUND_IF)

static int set_index(int fd, unsigned index) {
    bool v6 = sockets_kind(fd) == PLATFORM_UDP6;

    return sockets_set_option(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                              v6 ? IPV6_BOUND_IF : IP_BOUND_IF, &index,
                              sizeof(index));
}

int path_set_device(int fd, const char *name) {
    unsigned index = if_nametoindex(name);

    return index == 0 ? UV_ENODEV : set_index(fd, index);
}

int path_copy_device(int from, int to) {
    bool v6 = sockets_kind(from) == PLATFORM_UDP6;
    unsigned index = 0;
    socklen_t size = sizeof(index);
    int result =
        sockets_get_option(from, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                           v6 ? IPV6_BOUND_IF : IP_BOUND_IF, &index, &size);

    return result < 0 || index == 0 ? result : set_index(to, index);
}

#else

int path_set_device(int fd, const char *name) {
    (void)fd;
    (void)name;
    return UV_ENOTSUP;
}

int path_copy_device(int from, int to) {
    (void)from;
    (void)to;
    return 0;
}

#endif
