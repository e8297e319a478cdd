#include "os/error_queue.h"

#include <errno.h>
#include <string.h>

#include "os/calls.h"
#include "os/platform.h"
#include "os/sockets.h"

#define DROPPED_MAX 64   /* in one call */
#define SKIPPED_MAX 4096 /* in one call */

#if defined(__linux__)

#include <time.h> /* struct timespec of the next header */

#include <linux/errqueue.h>

/* Bytes. The kernel stores other messages that the program requested, such as
   time stamps, before the error. */
#define CONTROL_SIZE 512u

#define FAMILY_V4 1u
#define FAMILY_V6 2u

static int set_v4(int fd, int on) {
    return sockets_set_option(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
}

static int set_v6(int fd, int on) {
    return sockets_set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
}

static bool is_on_v4(int fd) {
    return sockets_option_is_on(fd, IPPROTO_IP, IP_RECVERR);
}

static bool is_on_v6(int fd) {
    return sockets_option_is_on(fd, IPPROTO_IPV6, IPV6_RECVERR);
}

/* An IPv6 socket reports errors about IPv4-mapped destinations only if it has
   the option of IPv4, too. */
int error_queue_enable(int fd) {
    dgram_address address;
    int result = sockets_local_address(fd, &address);
    unsigned enabled = 0;

    if (result < 0)
        return result;
    if (address.any.sa_family == AF_INET6 && !is_on_v6(fd)) {
        result = set_v6(fd, 1);
        enabled |= FAMILY_V6;
    }
    if (result >= 0 && !is_on_v4(fd)) {
        result = set_v4(fd, 1);
        if (result < 0)
            error_queue_disable(fd, enabled);
        enabled |= FAMILY_V4;
    }
    return result < 0 ? result : (int)enabled;
}

void error_queue_disable(int fd, unsigned families) {
    if ((families & FAMILY_V6) != 0)
        set_v6(fd, 0);
    if ((families & FAMILY_V4) != 0)
        set_v4(fd, 0);
}

/* For an IPv4 socket the option of IPv6 is an error. */
bool error_queue_is_enabled(int fd) {
    return is_on_v4(fd) || is_on_v6(fd);
}

static bool has_error(const struct msghdr *header, const struct cmsghdr *cmsg) {
    const char *end =
        (const char *)header->msg_control + header->msg_controllen;

    return cmsg->cmsg_len <= (size_t)(end - (const char *)cmsg) &&
           ((cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_RECVERR) ||
            (cmsg->cmsg_level == IPPROTO_IPV6 &&
             cmsg->cmsg_type == IPV6_RECVERR)) &&
           cmsg->cmsg_len >= CMSG_LEN(sizeof(struct sock_extended_err));
}

static bool is_of_path(const struct sock_extended_err *error) {
    return error->ee_errno > 0 && error->ee_errno <= INT16_MAX &&
           (error->ee_origin == SO_EE_ORIGIN_LOCAL ||
            error->ee_origin == SO_EE_ORIGIN_ICMP ||
            error->ee_origin == SO_EE_ORIGIN_ICMP6);
}

/* Copies an address of `size` bytes, at most; other bytes are 0. */
static void copy_address(dgram_address *out, const void *from, size_t size) {
    sa_family_t family;

    memset(out, 0, sizeof(*out));
    if (size < sizeof(out->any))
        return;
    memcpy(&family, (const char *)from + offsetof(struct sockaddr, sa_family),
           sizeof(family));
    if (family == AF_INET && size >= sizeof(out->v4))
        memcpy(&out->v4, from, sizeof(out->v4));
    else if (family == AF_INET6 && size >= sizeof(out->v6))
        memcpy(&out->v6, from, sizeof(out->v6));
}

/* After the error comes the address of the host that reported it. */
static void fill(const struct cmsghdr *cmsg,
                 const struct sock_extended_err *error, dgram_path_error *out) {
    size_t size = cmsg->cmsg_len - CMSG_LEN(sizeof(*error));

    out->code = -(int)error->ee_errno;
    out->local = error->ee_origin == SO_EE_ORIGIN_LOCAL;
    out->mtu = error->ee_errno == EMSGSIZE ? error->ee_info : 0;
    if (out->local)
        return;
    out->icmp_type = error->ee_type;
    out->icmp_code = error->ee_code;
    copy_address(&out->reporter, CMSG_DATA(cmsg) + sizeof(*error), size);
    out->reporter.v4.sin_port = 0;
}

bool error_queue_parse(struct msghdr *header, dgram_path_error *out) {
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(header);
    struct sock_extended_err error;

    memset(out, 0, sizeof(*out));
    for (; cmsg != NULL; cmsg = CMSG_NXTHDR(header, cmsg)) {
        if (!has_error(header, cmsg))
            continue;
        memcpy(&error, CMSG_DATA(cmsg), sizeof(error));
        if (!is_of_path(&error))
            continue;
        fill(cmsg, &error, out);
        copy_address(&out->to, header->msg_name, header->msg_namelen);
        return true;
    }
    return false;
}

/* Takes the first entry. Returns 1, 0 if it is no path error, or a code. The
   buffer of a byte is for qemu-user, which makes no call without a buffer. */
static int receive_entry(int fd, dgram_path_error *out) {
    struct msghdr header;
    dgram_address to;
    char payload;
    struct iovec buffer = {.iov_base = &payload, .iov_len = 1};
    struct {
        _Alignas(struct cmsghdr) char bytes[CONTROL_SIZE];
    } control;
    ssize_t result;

    do {
        header = (struct msghdr){
            .msg_name = &to,
            .msg_namelen = sizeof(to),
            .msg_iov = &buffer,
            .msg_iovlen = 1,
            .msg_control = control.bytes,
            .msg_controllen = sizeof(control.bytes),
        };
        result = os_recvmsg(fd, &header, MSG_ERRQUEUE);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? sockets_error() : error_queue_parse(&header, out);
}

/* The queue may also have entries that the program requested itself, such as
   the time stamps of sent datagrams. Another process that sends with the
   descriptor may add these faster than they are skipped. */
int error_queue_receive(int fd, dgram_path_error *out) {
    int result = 0;

    for (unsigned i = 0; i < SKIPPED_MAX && result == 0; i++)
        result = receive_entry(fd, out);
    if (result == 0)
        return UV_EAGAIN;
    return result < 0 ? result : 0;
}

void error_queue_drop(int fd) {
    for (int i = 0; i < DROPPED_MAX; i++) {
        char payload;
        struct iovec buffer = {.iov_base = &payload, .iov_len = 1};
        struct msghdr header = {.msg_iov = &buffer, .msg_iovlen = 1};

        if (os_recvmsg(fd, &header, MSG_ERRQUEUE) < 0)
            return;
    }
}

#else

int error_queue_enable(int fd) {
    (void)fd;
    return UV_ENOTSUP;
}

void error_queue_disable(int fd, unsigned families) {
    (void)fd;
    (void)families;
}

bool error_queue_is_enabled(int fd) {
    (void)fd;
    return false;
}

bool error_queue_parse(struct msghdr *header, dgram_path_error *out) {
    (void)header;
    memset(out, 0, sizeof(*out));
    return false;
}

int error_queue_receive(int fd, dgram_path_error *out) {
    (void)fd;
    (void)out;
    return UV_ENOTSUP;
}

void error_queue_drop(int fd) {
    (void)fd;
}

#endif
