#include "os/interfaces.h"

#include "os/sockets.h"

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
