/* The MTU of the path to a destination.

   The kernel knows it by route, and tells it for a connected socket only. A
   temporary socket is connected to the destination, also when it is the peer:
   a socket that stays connected knows its MTU of the time of its last send. */
#include "socket/socket.h"

/* The source address selects the route, too. */
static int bind_as(const dgram_socket *s, int fd) {
    dgram_address local;
    int result = platform->local_address(s->datapath.fd, &local);

    if (result < 0)
        return result;
    address_set_port(&local, 0);
    return address_is_any(&local) ? 0 : platform->bind(fd, &local);
}

static int copy_v6_only(const dgram_socket *s, int fd) {
    int on = 0;
    socklen_t size = sizeof(on);
    int result = platform->get_option(s->datapath.fd, IPPROTO_IPV6, IPV6_V6ONLY,
                                      &on, &size);

    return result < 0 ? result
                      : platform->set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
                                             sizeof(on));
}

/* Connects the descriptor as a send of the socket would route its datagram. */
static int connect_as(const dgram_socket *s, int fd, const dgram_address *to) {
    int on = 1;
    int result =
        platform->set_option(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));

    if (result >= 0 && s->type == DGRAM_UDP6)
        result = copy_v6_only(s, fd);
    if (result >= 0)
        result = platform->copy_device(s->datapath.fd, fd);
    if (result >= 0)
        result = bind_as(s, fd);
    return result < 0 ? result : platform->connect(fd, to);
}

static int read_mtu(int fd, const dgram_address *to) {
    bool v4 = to->any.sa_family == AF_INET || address_is_mapped(to);
    int mtu = 0;
    socklen_t size = sizeof(mtu);
    int result = v4 ? platform->get_option(fd, IPPROTO_IP, platform->path_mtu,
                                           &mtu, &size)
                    : platform->get_option(fd, IPPROTO_IPV6,
                                           platform->path_mtu_v6, &mtu, &size);

    return result < 0 ? result : mtu;
}

static int find_mtu(const dgram_socket *s, const dgram_address *to) {
    int result, fd;

    if (platform->path_mtu == 0)
        return UV_ENOTSUP;
    fd = platform->open(address_family_of(s->type));
    if (fd < 0)
        return fd;
    result = connect_as(s, fd, to);
    if (result >= 0)
        result = read_mtu(fd, to);
    platform->close(fd);
    return result;
}

int dgram_get_path_mtu(dgram_socket *s, const dgram_address *to) {
    static const char name_of_call[] = "getPathMTU";
    dgram_address peer;
    int result;

    if (to == NULL) {
        result = dgram_get_remote_address(s, &peer);
        if (result < 0)
            return result;
        to = &peer;
    }
    if (s->state.bind != STATE_CLOSED &&
        to->any.sa_family != address_family_of(s->type))
        return error_set(&s->error, UV_EINVAL, name_of_call);
    result = socket_need_descriptor(s, name_of_call);
    if (result < 0)
        return result;
    result = find_mtu(s, to);
    return result < 0 ? error_set(&s->error, result, name_of_call) : result;
}
