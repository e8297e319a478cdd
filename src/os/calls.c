#include "os/calls.h"

#include <fcntl.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/ioctl.h>

#include "os/trace.h"

/* Calls that open a descriptor check for the trace first: without a standard
   error, the new descriptor may get its number. */
int os_socket(int family, int type, int protocol) {
    bool traced = trace_is_on();
    int fd = socket(family, type, protocol);

    if (traced)
        trace_call("socket", fd, "%s",
                   family == AF_INET    ? "udp4"
                   : family == AF_INET6 ? "udp6"
                   : family == AF_UNIX  ? "unix"
                                        : "netlink");
    return fd;
}

int os_socketpair(int family, int type, int protocol, int ends_out[2]) {
    bool traced = trace_is_on();
    int result = socketpair(family, type, protocol, ends_out);

    if (traced)
        trace_call("socketpair", result, "fd %d, fd %d",
                   result < 0 ? -1 : ends_out[0],
                   result < 0 ? -1 : ends_out[1]);
    return result;
}

int os_close(int fd) {
    int result = close(fd);

    if (trace_is_on())
        trace_call("close", result, "fd %d", fd);
    return result;
}

int os_shutdown(int fd, int how) {
    int result = shutdown(fd, how);

    if (trace_is_on())
        trace_call("shutdown", result, "fd %d", fd);
    return result;
}

int os_bind(int fd, const struct sockaddr *address, socklen_t size) {
    int result = bind(fd, address, size);

    if (trace_is_on())
        trace_to("bind", fd, address, size, result);
    return result;
}

int os_connect(int fd, const struct sockaddr *address, socklen_t size) {
    int result = connect(fd, address, size);

    if (trace_is_on())
        trace_to("connect", fd, address, size, result);
    return result;
}

int os_getsockname(int fd, struct sockaddr *address, socklen_t *size) {
    int result = getsockname(fd, address, size);

    if (trace_is_on())
        trace_own("getsockname", fd, address, *size, result);
    return result;
}

int os_getpeername(int fd, struct sockaddr *address, socklen_t *size) {
    int result = getpeername(fd, address, size);

    if (trace_is_on())
        trace_own("getpeername", fd, address, *size, result);
    return result;
}

int os_setsockopt(int fd, int level, int name, const void *value,
                  socklen_t size) {
    int result = setsockopt(fd, level, name, value, size);

    if (trace_is_on())
        trace_set(fd, level, name, value, size, result);
    return result;
}

int os_getsockopt(int fd, int level, int name, void *value, socklen_t *size) {
    int result = getsockopt(fd, level, name, value, size);

    if (trace_is_on())
        trace_got(fd, level, name, value, *size, result);
    return result;
}

int os_fcntl(int fd, int command, int argument) {
    int result = fcntl(fd, command, argument);

    if (trace_is_on())
        trace_fcntl(fd, command, argument, result);
    return result;
}

int os_ioctl(int fd, unsigned long request, void *argument) {
    int result = ioctl(fd, request, argument);

    if (trace_is_on())
        trace_call("ioctl", result, "fd %d, 0x%lx", fd, request);
    return result;
}

int os_getifaddrs(struct ifaddrs **first_out) {
    int result = getifaddrs(first_out);

    if (trace_is_on())
        trace_call("getifaddrs", result, "all interfaces");
    return result;
}

int os_uname(struct utsname *name) {
    int result = uname(name);

    if (trace_is_on())
        trace_call("uname", result, "release %s",
                   result < 0 ? "" : name->release);
    return result;
}

int os_poll(struct pollfd *fds, nfds_t count, int timeout) {
    int result = poll(fds, count, timeout);

    if (trace_is_on())
        trace_call("poll", result, "fd %d", fds[0].fd);
    return result;
}

ssize_t os_sendmsg(int fd, const struct msghdr *message, int flags) {
    ssize_t sent = sendmsg(fd, message, flags);

    if (trace_is_on())
        trace_sent("sendmsg", fd, message, (long)sent);
    return sent;
}

ssize_t os_sendto(int fd, const struct msghdr *message, int flags) {
    const struct iovec *part = message->msg_iov;
    ssize_t sent = sendto(fd, part->iov_base, part->iov_len, flags,
                          message->msg_name, message->msg_namelen);

    if (trace_is_on())
        trace_sent("sendto", fd, message, (long)sent);
    return sent;
}

ssize_t os_recvmsg(int fd, struct msghdr *message, int flags) {
    ssize_t received = recvmsg(fd, message, flags);

    if (trace_is_on())
        trace_received(fd, message, flags, (long)received);
    return received;
}

int os_open(const char *path, int flags) {
    bool traced = trace_is_on();
    int fd = open(path, flags);

    if (traced)
        trace_call("open", fd, "%s, 0x%x", path, (unsigned)flags);
    return fd;
}

int os_lstat(const char *path, struct stat *status) {
    int result = lstat(path, status);

    if (trace_is_on())
        trace_call("lstat", result, "%s", path);
    return result;
}

int os_unlink(const char *path) {
    int result = unlink(path);

    if (trace_is_on())
        trace_call("unlink", result, "%s", path);
    return result;
}

int os_flock(int fd, int operation) {
    int result = flock(fd, operation);

    if (trace_is_on())
        trace_call("flock", result, "fd %d", fd);
    return result;
}

int os_fchmod(int fd, mode_t mode) {
    int result = fchmod(fd, mode);

    if (trace_is_on())
        trace_call("fchmod", result, "fd %d, 0%o", fd, (unsigned)mode);
    return result;
}

int os_fchmodat(const char *path, mode_t mode) {
    int result = fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW);

    if (trace_is_on())
        trace_call("fchmodat", result, "%s, 0%o", path, (unsigned)mode);
    return result;
}

char *os_getcwd(char *path, size_t size) {
    char *result = getcwd(path, size);

    if (trace_is_on())
        trace_call("getcwd", result == NULL ? -1 : 0, "%s",
                   result == NULL ? "" : path);
    return result;
}

pid_t os_getpid(void) {
    pid_t process = getpid();

    if (trace_is_on())
        trace_call("getpid", process, "%s", "");
    return process;
}
