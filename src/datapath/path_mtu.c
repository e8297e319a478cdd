#include "datapath/path_mtu.h"

#include "datapath/datapath.h"
#include "util/address.h"

/* The source address selects the route, too. */
static int bind_as(const dgram_datapath *dp, dgram_fd fd) {
    dgram_address local;
    int result = platform->local_address(dp->fd, &local);

    if (result < 0)
        return result;
    address_set_port(&local, 0);
    return address_is_any(&local) ? 0 : platform->bind(fd, &local);
}

static int copy_v6_only(const dgram_datapath *dp, dgram_fd fd) {
    int on = 0;
    socklen_t size = sizeof(on);
    int result =
        platform->get_option(dp->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, &size);

    return result < 0 ? result
                      : platform->set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
                                             sizeof(on));
}

/* Connects the descriptor with the same route as the datapath's datagrams. */
static int connect_as(const dgram_datapath *dp, dgram_fd fd,
                      const dgram_address *to) {
    int on = 1;
    int result =
        platform->set_option(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));

    if (result >= 0 && to->any.sa_family == AF_INET6)
        result = copy_v6_only(dp, fd);
    if (result >= 0)
        result = platform->copy_device(dp->fd, fd);
    if (result >= 0)
        result = bind_as(dp, fd);
    return result < 0 ? result : platform->connect(fd, to);
}

static int read_mtu(dgram_fd fd, const dgram_address *to) {
    bool v4 = to->any.sa_family == AF_INET || address_is_mapped(to);
    int mtu = 0;
    socklen_t size = sizeof(mtu);
    int result = v4 ? platform->get_option(fd, IPPROTO_IP, platform->path_mtu,
                                           &mtu, &size)
                    : platform->get_option(fd, IPPROTO_IPV6,
                                           platform->path_mtu_v6, &mtu, &size);

    return result < 0 ? result : mtu;
}

int path_mtu_find(const dgram_datapath *dp, const dgram_address *to) {
    dgram_fd fd;
    int result;

    if (platform->path_mtu == 0)
        return UV_ENOTSUP;
    fd = platform->open(to->any.sa_family);
    if (fd < 0)
        return (int)fd;
    result = connect_as(dp, fd, to);
    if (result >= 0)
        result = read_mtu(fd, to);
    platform->close(fd);
    return result;
}
