#include "os/windows_sockets.h"

#include <string.h>

#include "os/windows_calls.h"
#include "os/windows_errors.h"
#include "util/address.h"

#if !defined(SIO_UDP_NETRESET)
#define SIO_UDP_NETRESET _WSAIOW(IOC_VENDOR, 15)
#endif

/* An ICMP error about a datagram that was sent would be the result of a later
   receive. It does not say which destination it is about, and libuv ignores
   it. */
static void ignore_icmp_errors(dgram_fd fd) {
    BOOL off = FALSE;

    windows_control(fd, SIO_UDP_CONNRESET, &off, sizeof(off), NULL, 0);
    windows_control(fd, SIO_UDP_NETRESET, &off, sizeof(off), NULL, 0);
}

int windows_set_flags(dgram_fd fd) {
    unsigned long on = 1;
    int result = windows_ioctl(fd, (unsigned long)FIONBIO, &on);

    if (result < 0)
        return result;
    SetHandleInformation((HANDLE)fd, HANDLE_FLAG_INHERIT, 0);
    ignore_icmp_errors(fd);
    return 0;
}

/* On Windows IPV6_V6ONLY is on by default. */
static void receive_ipv4_as_well(dgram_fd fd) {
    DWORD off = 0;

    windows_setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
}

dgram_fd windows_open(int family) {
    dgram_fd fd;
    int result;

    if (family != AF_INET && family != AF_INET6)
        return UV_ENOTSUP; /* Unix sockets of Windows have no datagrams */
    fd = windows_socket(family);
    if (fd < 0)
        return fd;
    result = windows_set_flags(fd);
    if (result < 0) {
        windows_close(fd);
        return result;
    }
    if (family == AF_INET6)
        receive_ipv4_as_well(fd);
    return fd;
}

/* Not 0, which means no descriptor in dgram_bind_options. No SOCKET is 0. */
dgram_fd windows_duplicate(dgram_fd fd) {
    return windows_duplicate_socket(fd);
}

int windows_bind_to(dgram_fd fd, const dgram_address *address) {
    return windows_bind(fd, &address->any, address_length(address));
}

int windows_connect_to(dgram_fd fd, const dgram_address *address) {
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};

    if (address == NULL)
        return windows_connect(fd, &nobody, sizeof(nobody));
    return windows_connect(fd, &address->any, address_length(address));
}

/* Before a bind, which the first send implies, Windows has no address: that is
   any address and port 0 on other systems. */
int windows_local_address(dgram_fd fd, dgram_address *out) {
    socklen_t size = sizeof(*out);
    int result, kind;

    memset(out, 0, sizeof(*out));
    result = windows_getsockname(fd, &out->any, &size);
    if (result != UV_EINVAL)
        return result;
    kind = windows_kind(fd);
    if (kind != PLATFORM_UDP4 && kind != PLATFORM_UDP6)
        return result;
    out->any.sa_family = kind == PLATFORM_UDP6 ? AF_INET6 : AF_INET;
    return 0;
}

int windows_remote_address(dgram_fd fd, dgram_address *out) {
    socklen_t size = sizeof(*out);

    memset(out, 0, sizeof(*out));
    return windows_getpeername(fd, &out->any, &size);
}

/* Does not use getsockname(), which fails for an unbound socket. */
int windows_kind(dgram_fd fd) {
    WSAPROTOCOL_INFOW information;
    socklen_t size = sizeof(information);
    int result = windows_getsockopt(fd, SOL_SOCKET, SO_PROTOCOL_INFOW,
                                    &information, &size);

    if (result < 0)
        return result == UV_ENOTSOCK || result == UV_EBADF ? UV_EBADF
                                                           : PLATFORM_OTHER;
    if (information.iSocketType != SOCK_DGRAM)
        return PLATFORM_OTHER;
    switch (information.iAddressFamily) {
    case AF_INET:
        return PLATFORM_UDP4;
    case AF_INET6:
        return PLATFORM_UDP6;
    default:
        return PLATFORM_OTHER;
    }
}

/* ---- Adopting a descriptor of the program ------------------------------- */

static int get_int(dgram_fd fd, int name, int *value_out) {
    socklen_t size = sizeof(*value_out);

    return windows_getsockopt(fd, SOL_SOCKET, name, value_out, &size);
}

/* SO_REUSEADDR does not change: on Windows it would let any program take the
   port. Winsock cannot report whether a socket is non-blocking, so
   windows_restore() leaves that as it is. */
int windows_adopt(dgram_fd fd, struct platform_adopted *before) {
    int result;

    memset(before, 0, sizeof(*before));
    result = get_int(fd, SO_RCVBUF, &before->receive_buffer_size);
    if (result >= 0)
        result = get_int(fd, SO_SNDBUF, &before->send_buffer_size);
    return result < 0 ? result : windows_set_flags(fd);
}

void windows_restore(dgram_fd fd, const struct platform_adopted *before) {
    windows_setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &before->receive_buffer_size,
                       sizeof(before->receive_buffer_size));
    windows_setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &before->send_buffer_size,
                       sizeof(before->send_buffer_size));
}

bool windows_has_data(dgram_fd fd) {
    return windows_poll(fd, POLLRDNORM) > 0;
}

bool windows_receive_is_shut(dgram_fd fd) {
    return windows_peek(fd) == UV_EPIPE;
}
