#include "os/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <sys/ioctl.h>

#include "os/bsd.h"
#include "os/calls.h"
#include "os/control_receive.h"
#include "os/control_send.h"
#include "util/address.h"

/* libuv's codes are negative errno values on these systems. */
int sockets_error(void) {
    return -errno;
}

/* Converts -1 and errno to a code. */
static int result_of(int result) {
    return result < 0 ? sockets_error() : result;
}

/* To send on a descriptor that was shut down is an error. On BSD it is a signal
   as well, which ends most programs. */
static int ignore_sigpipe(int fd) {
#if defined(SO_NOSIGPIPE)
    int on = 1;

    return result_of(
        os_setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on)));
#else
    (void)fd;
    return 0;
#endif
}

int sockets_set_flags(int fd) {
    int flags = os_fcntl(fd, F_GETFL, 0);

    if (flags < 0 || os_fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return sockets_error();
    flags = os_fcntl(fd, F_GETFD, 0);
    if (flags < 0 || os_fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)
        return sockets_error();
    return ignore_sigpipe(fd);
}

int sockets_open(int family) {
    int fd = os_socket(family, SOCK_DGRAM | SOCKETS_TYPE_FLAGS, 0);
    int result;

    if (fd < 0)
        return sockets_error();
    result = sockets_set_flags(fd);
    if (result < 0) {
        sockets_close(fd);
        return result;
    }
    return fd;
}

/* After EINTR the descriptor is closed as well. */
int sockets_close(int fd) {
    int result = os_close(fd);

    return result < 0 && errno != EINTR ? sockets_error() : 0;
}

/* Not 0, which means no descriptor in dgram_bind_options. */
int sockets_duplicate(int fd) {
    return result_of(os_fcntl(fd, F_DUPFD_CLOEXEC, 1));
}

/* An address without a name lets the kernel choose an abstract one. */
static bool is_abstract(const dgram_address *address) {
    return address_is_unix(address) &&
           (address->un.length == 0 || address->un.name.sun_path[0] == '\0');
}

int sockets_bind(int fd, const dgram_address *address) {
    if (!OS_ABSTRACT_NAMES && is_abstract(address))
        return UV_ENOTSUP;
    return result_of(os_bind(fd, &address->any, address_length(address)));
}

static bool has_no_peer(int fd) {
    dgram_address peer;

    return sockets_remote_address(fd, &peer) == UV_ENOTCONN;
}

int sockets_connect(int fd, const dgram_address *address) {
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    const struct sockaddr *to = address != NULL ? &address->any : &nobody;
    socklen_t size = address != NULL ? address_length(address) : sizeof(nobody);
    int result;

    do {
        result = os_connect(fd, to, size);
    } while (result < 0 && errno == EINTR);
    result = result_of(result);
    /* BSD disconnects and then refuses the address, with a code that depends on
       the family of the socket. */
    if (result < 0 && address == NULL && has_no_peer(fd))
        return 0;
    return result;
}

int sockets_local_address(int fd, dgram_address *out) {
    socklen_t size = sizeof(*out);

    memset(out, 0, sizeof(*out));
    if (os_getsockname(fd, &out->any, &size) < 0)
        return sockets_error();
    os_address_received(out, size);
    return 0;
}

int sockets_remote_address(int fd, dgram_address *out) {
    socklen_t size = sizeof(*out);

    memset(out, 0, sizeof(*out));
    if (os_getpeername(fd, &out->any, &size) < 0)
        return sockets_error();
    os_address_received(out, size);
    return 0;
}

/* Options of IPv4 that are a byte on OpenBSD, and may be one on the others. */
static bool is_byte(int level, int name, socklen_t size) {
    return OS_BSD && level == IPPROTO_IP && size == sizeof(int) &&
           (name == IP_MULTICAST_TTL || name == IP_MULTICAST_LOOP);
}

int sockets_set_option(int fd, int level, int name, const void *value,
                       socklen_t size) {
    unsigned char byte;

    if (is_byte(level, name, size)) {
        byte = (unsigned char)*(const int *)value;
        value = &byte;
        size = sizeof(byte);
    }
    return result_of(os_setsockopt(fd, level, name, value, size));
}

int sockets_get_option(int fd, int level, int name, void *value,
                       socklen_t *size) {
    return result_of(os_getsockopt(fd, level, name, value, size));
}

bool sockets_option_is_on(int fd, int level, int name) {
    int value = 0;
    socklen_t size = sizeof(value);

    return sockets_get_option(fd, level, name, &value, &size) >= 0 &&
           value != 0;
}

int sockets_kind(int fd) {
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    socklen_t type_size = sizeof(int);
    int type;

    if (os_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) < 0)
        return errno == EBADF ? UV_EBADF : PLATFORM_OTHER;
    if (type != SOCK_DGRAM ||
        os_getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return PLATFORM_OTHER;
    switch (address.ss_family) {
    case AF_INET:
        return PLATFORM_UDP4;
    case AF_INET6:
        return PLATFORM_UDP6;
    case AF_UNIX:
        return PLATFORM_UNIX;
    default:
        return PLATFORM_OTHER;
    }
}

/* Returns the code, or 0. */
static int send_message(int fd, const struct msghdr *header) {
    ssize_t sent;

    do {
        sent = os_sendmsg(fd, header, 0);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? sockets_error() : 0;
}

/* BSD refuses datagrams that are longer than the send buffer. On macOS that is
   9216 bytes by default, and 2048 of a Unix socket. Returns whether the buffer
   was the reason, and is large enough now. */
static bool enlarge_send_buffer(int fd, const struct platform_out *message) {
    socklen_t size = sizeof(int);
    size_t length = CONTROL_SEND_MAX;
    int now, wanted;

    for (uint32_t i = 0; i < message->part_count; i++)
        length += message->parts[i].iov_len;
    if (length > INT_MAX ||
        sockets_get_option(fd, SOL_SOCKET, SO_SNDBUF, &now, &size) < 0)
        return false;
    wanted = (int)length;
    return now < wanted && sockets_set_option(fd, SOL_SOCKET, SO_SNDBUF,
                                              &wanted, sizeof(wanted)) >= 0;
}

static int send_one(int fd, const struct platform_out *message) {
    _Alignas(struct cmsghdr) unsigned char control[CONTROL_SEND_MAX];
    struct msghdr header = {
        .msg_iov = message->parts,
        .msg_iovlen = message->part_count,
    };
    int result;

    if (message->to != NULL) {
        /* msg_name is not const, though sendmsg() only reads. */
        header.msg_name = (void *)(uintptr_t)message->to;
        header.msg_namelen = address_length(message->to);
    }
    if (message->info != NULL) {
        result = control_send_set(fd, &header, control, message);
        if (result < 0)
            return result;
    }
    result = send_message(fd, &header);
    if (OS_BSD && result == UV_EMSGSIZE && enlarge_send_buffer(fd, message))
        result = send_message(fd, &header);
    return result;
}

int sockets_send(int fd, const struct platform_out *messages, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        int result = send_one(fd, &messages[i]);

        if (result < 0)
            return i > 0 ? (int)i : result;
    }
    return (int)count;
}

void sockets_fill_message(const struct msghdr *header, size_t length,
                          struct platform_in *message) {
    message->error = 0;
    message->length = (uint32_t)length;
    message->segment_size = 0;
    message->flags = header->msg_flags & MSG_TRUNC ? DGRAM_TRUNCATED : 0;
    if (message->from_size > ADDRESS_IP_SIZE)
        os_address_received(message->from, header->msg_namelen);
}

/* Returns the length, or a negative code. */
static ssize_t receive_message(int fd, struct msghdr *header) {
    ssize_t length;

    do {
        length = os_recvmsg(fd, header, CONTROL_RECEIVE_FLAGS);
    } while (length < 0 && errno == EINTR);
    return length < 0 ? sockets_error() : length;
}

/* Whether there was no datagram, because the descriptor was shut down: on BSD
   each datagram has a sender, even that of a socket without a name. */
static bool is_end(const struct msghdr *header, ssize_t length) {
    return OS_BSD && length == 0 && header->msg_namelen == 0;
}

static int receive_one(int fd, struct platform_in *message) {
    struct iovec part = {message->buffer, message->buffer_size};
    _Alignas(struct cmsghdr) unsigned char control[CONTROL_RECEIVE_MAX];
    struct msghdr header = {
        .msg_name = message->from,
        .msg_namelen = message->from_size,
        .msg_iov = &part,
        .msg_iovlen = 1,
    };
    ssize_t length;

    if (message->info != NULL) {
        header.msg_control = control;
        header.msg_controllen = (socklen_t)control_receive_size(
            message->from_size > ADDRESS_IP_SIZE, message->info);
    }
    length = receive_message(fd, &header);
    if (length < 0)
        return (int)length;
    if (is_end(&header, length))
        return UV_EAGAIN;
    sockets_fill_message(&header, (size_t)length, message);
    if (message->info != NULL) {
        control_receive_parse(&header, message->from, message->info);
        control_receive_close_descriptors(&header);
    }
    return 0;
}

int sockets_receive(int fd, struct platform_in *messages, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        int result = receive_one(fd, &messages[i]);

        if (result == UV_EAGAIN)
            return i > 0 ? (int)i : UV_EAGAIN;
        if (result < 0) {
            messages[i].error = result;
            return (int)i + 1;
        }
    }
    return (int)count;
}

bool sockets_has_data(int fd) {
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

    return os_poll(&poll_fd, 1, 0) > 0;
}

static bool is_writable(int fd) {
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};

    return os_poll(&poll_fd, 1, 0) > 0;
}

/* Linux: a socket does not poll writable while more than a quarter of the
   buffer is used. */
bool sockets_send_buffer_is_used(int fd, unsigned quarters) {
#if defined(TIOCOUTQ)
    int used, buffer_size;
    socklen_t size = sizeof(buffer_size);

    if (os_ioctl(fd, TIOCOUTQ, &used) >= 0 &&
        sockets_get_option(fd, SOL_SOCKET, SO_SNDBUF, &buffer_size, &size) >= 0)
        return (int64_t)used * 4 >= (int64_t)buffer_size * quarters;
#endif
    return !is_writable(fd);
}

bool sockets_receive_is_shut(int fd) {
#if defined(POLLRDHUP) && !OS_BSD
    struct pollfd poll_fd = {.fd = fd, .events = POLLRDHUP};

    return os_poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & POLLRDHUP) != 0;
#else
    struct sockaddr_storage from;
    struct msghdr header = {.msg_name = &from, .msg_namelen = sizeof(from)};

    return sockets_has_data(fd) &&
           is_end(&header, os_recvmsg(fd, &header, MSG_PEEK | MSG_DONTWAIT));
#endif
}
