#include "os/fdpass.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "os/calls.h"
#include "os/sockets.h"

/* Of one descriptor. In a longer buffer the kernel may store two. */
#define CONTROL_LENGTH CMSG_LEN(sizeof(int))

#if defined(MSG_NOSIGNAL)
#define SEND_FLAGS MSG_NOSIGNAL
#else
#define SEND_FLAGS 0
#endif

#if defined(MSG_CMSG_CLOEXEC)
#define RECEIVE_FLAGS MSG_CMSG_CLOEXEC
#else
#define RECEIVE_FLAGS 0
#endif

/* Where the call itself can set close-on-exec, no program that another thread
   executes can inherit the ends. */
#if defined(SOCK_CLOEXEC)
#define PAIR_FLAGS SOCK_CLOEXEC
#else
#define PAIR_FLAGS 0
#endif

union control {
    struct cmsghdr header; /* for its alignment */
    char bytes[CMSG_SPACE(sizeof(int))];
};

int pass_pair(int ends_out[2]) {
    int result;

    if (os_socketpair(AF_UNIX, SOCK_STREAM | PAIR_FLAGS, 0, ends_out) < 0)
        return sockets_error();
    result = sockets_set_flags(ends_out[0]);
    if (result >= 0)
        result = sockets_set_flags(ends_out[1]);
    if (result >= 0)
        return 0;
    sockets_close(ends_out[0]);
    sockets_close(ends_out[1]);
    return result;
}

int pass_adopt(int fd) {
    struct sockaddr_storage address;
    socklen_t size = sizeof(address), type_size = sizeof(int);
    int type;

    if (os_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) < 0)
        return errno == ENOTSOCK ? UV_EINVAL : sockets_error();
    if (type != SOCK_STREAM)
        return UV_EINVAL;
    if (os_getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return sockets_error();
    if (address.ss_family != AF_UNIX)
        return UV_EINVAL;
    return sockets_set_flags(fd);
}

static void put_descriptor(struct msghdr *header, union control *control,
                           int fd) {
    struct cmsghdr *cmsg;

    memset(control, 0, sizeof(*control));
    header->msg_control = control->bytes;
    header->msg_controllen = CONTROL_LENGTH;
    cmsg = CMSG_FIRSTHDR(header);
    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
    memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
}

int pass_send(int fd, const void *bytes, size_t size, int passed) {
    /* iov_base is not const, though sendmsg() only reads. */
    struct iovec part = {(void *)(uintptr_t)bytes, size};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    union control control;
    ssize_t sent;

    if (passed >= 0)
        put_descriptor(&header, &control, passed);
    do {
        sent = os_sendmsg(fd, &header, SEND_FLAGS);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? sockets_error() : (int)sent;
}

/* Returns the first descriptor, or -1, and closes others: some kernels pad the
   control buffer and store more. */
static int get_descriptor(struct msghdr *header) {
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(header);
    int first = -1;

    for (; cmsg != NULL; cmsg = CMSG_NXTHDR(header, cmsg)) {
        size_t count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd), sizeof(fd));
            if (first < 0)
                first = fd;
            else
                sockets_close(fd);
        }
    }
    return first;
}

int pass_receive(int fd, void *bytes, size_t size, int *passed_out) {
    struct iovec part = {bytes, size};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    union control control;
    ssize_t received;

    if (passed_out != NULL) {
        header.msg_control = control.bytes;
        header.msg_controllen = CONTROL_LENGTH;
    }
    do {
        received = os_recvmsg(fd, &header, RECEIVE_FLAGS);
    } while (received < 0 && errno == EINTR);
    if (passed_out != NULL)
        *passed_out = received < 0 ? -1 : get_descriptor(&header);
    if (received < 0)
        return sockets_error();
    if (passed_out != NULL && *passed_out >= 0)
        os_fcntl(*passed_out, F_SETFD, FD_CLOEXEC);
    return (int)received;
}

int pass_duplicate(int fd) {
    int copy = os_fcntl(fd, F_DUPFD_CLOEXEC, 0);

    return copy < 0 ? sockets_error() : copy;
}

bool pass_is_inherited(int fd) {
    int flags = os_fcntl(fd, F_GETFD, 0);

    return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

void pass_shutdown(int fd) {
    os_shutdown(fd, SHUT_RDWR);
}
