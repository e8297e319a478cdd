/* The calls that counted faults catch: the linker puts __wrap_NAME where the
   library calls NAME (-Wl,--wrap=NAME, see test/CMakeLists.txt). */
#define _GNU_SOURCE
#include "faults_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <stdarg.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/stat.h>

/* Defines __wrap_NAME, which fails if the fault is due, or calls NAME. */
#define WRAP(call, type, name, parameters, arguments)                          \
    type __real_##name parameters;                                             \
    type __wrap_##name parameters;                                             \
    type __wrap_##name parameters {                                            \
        int error = faults_due(call);                                          \
        if (error > 0) {                                                       \
            errno = error;                                                     \
            return -1;                                                         \
        }                                                                      \
        return __real_##name arguments;                                        \
    }

WRAP(FAULT_SOCKET, int, socket, (int family, int type, int protocol),
     (family, type, protocol))
WRAP(FAULT_BIND, int, bind,
     (int fd, const struct sockaddr *address, socklen_t size),
     (fd, address, size))
WRAP(FAULT_CONNECT, int, connect,
     (int fd, const struct sockaddr *address, socklen_t size),
     (fd, address, size))
WRAP(FAULT_GETSOCKNAME, int, getsockname,
     (int fd, struct sockaddr *address, socklen_t *size), (fd, address, size))
WRAP(FAULT_GETPEERNAME, int, getpeername,
     (int fd, struct sockaddr *address, socklen_t *size), (fd, address, size))
WRAP(FAULT_SETSOCKOPT, int, setsockopt,
     (int fd, int level, int name, const void *value, socklen_t size),
     (fd, level, name, value, size))
WRAP(FAULT_GETSOCKOPT, int, getsockopt,
     (int fd, int level, int name, void *value, socklen_t *size),
     (fd, level, name, value, size))
WRAP(FAULT_RECEIVE, int, recvmmsg,
     (int fd, struct mmsghdr *messages, unsigned count, int flags,
      struct timespec *timeout),
     (fd, messages, count, flags, timeout))
WRAP(FAULT_SEND, ssize_t, sendto,
     (int fd, const void *bytes, size_t size, int flags,
      const struct sockaddr *to, socklen_t to_size),
     (fd, bytes, size, flags, to, to_size))
WRAP(FAULT_PAIR, int, socketpair,
     (int family, int type, int protocol, int ends[2]),
     (family, type, protocol, ends))

WRAP(FAULT_INTERFACES, int, getifaddrs, (struct ifaddrs * *first), (first))
WRAP(FAULT_IOCTL, int, ioctl, (int fd, unsigned long request, void *argument),
     (fd, request, argument))

WRAP(FAULT_OPEN, int, flock, (int fd, int operation), (fd, operation))
WRAP(FAULT_LSTAT, int, lstat, (const char *path, struct stat *status),
     (path, status))
WRAP(FAULT_UNLINK, int, unlink, (const char *path), (path))
WRAP(FAULT_CHMOD, int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(FAULT_CHMOD, int, fchmodat,
     (int folder, const char *path, mode_t mode, int flags),
     (folder, path, mode, flags))

char *__real_getcwd(char *path, size_t size);
char *__wrap_getcwd(char *path, size_t size);

char *__wrap_getcwd(char *path, size_t size) {
    int error = faults_due(FAULT_GETCWD);

    if (error > 0) {
        errno = error;
        return NULL;
    }
    return __real_getcwd(path, size);
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...) {
    int error = faults_due(FAULT_OPEN);

    if (error > 0) {
        errno = error;
        return -1;
    }
    return __real_open(path, flags); /* the library creates no file */
}

/* Whether a socket is one end of a pair. */
static bool is_stream(int fd) {
    socklen_t size = sizeof(int);
    int type;

    return __real_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
           type == SOCK_STREAM;
}

int faults_full_sends;

ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags) {
    bool stream = is_stream(fd);
    struct msghdr first = *message;
    struct iovec byte;
    int error = 0;

    if (stream && faults_full_sends > 0) {
        faults_full_sends--;
        error = EAGAIN;
    } else {
        error = faults_due(stream ? FAULT_PASS_SEND : FAULT_SEND);
    }
    if (error > 0) {
        errno = error;
        return -1;
    }
    if (stream && error == FAULT_SHORT) {
        byte = (struct iovec){message->msg_iov->iov_base, 1};
        first.msg_iov = &byte;
    }
    return __real_sendmsg(fd, &first, flags);
}

/* As if the process had reached its limit of descriptors. */
static void lose_descriptors(struct msghdr *message) {
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(message);
    int fd;

    if (cmsg == NULL || cmsg->cmsg_type != SCM_RIGHTS)
        return;
    memcpy(&fd, CMSG_DATA(cmsg), sizeof fd);
    close(fd);
    message->msg_controllen = 0;
    message->msg_flags |= MSG_CTRUNC;
}

ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags) {
    bool stream = is_stream(fd);
    int error = faults_due(stream ? FAULT_PASS_RECEIVE : FAULT_RECEIVE);
    struct iovec *parts = message->msg_iov, byte;
    ssize_t received;

    if (error > 0) {
        errno = error;
        return -1;
    }
    if (stream && error == FAULT_SHORT) {
        byte = (struct iovec){parts->iov_base, 1};
        message->msg_iov = &byte;
    }
    received = __real_recvmsg(fd, message, flags);
    message->msg_iov = parts;
    if (received >= 0 && error == FAULT_LOST)
        lose_descriptors(message);
    return received;
}

int __real_sendmmsg(int fd, struct mmsghdr *messages, unsigned count,
                    int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned count,
                    int flags);

int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned count,
                    int flags) {
    int error = faults_due(FAULT_SEND);

    if (error > 0) {
        errno = error;
        return -1;
    }
    return __real_sendmmsg(fd, messages, error < 0 ? 1 : count, flags);
}

int __real_close(int fd);
int __wrap_close(int fd);

/* A close that fails closes the descriptor nevertheless. */
int __wrap_close(int fd) {
    int error = faults_due(FAULT_CLOSE);
    int result = __real_close(fd);

    if (error > 0) {
        errno = error;
        return -1;
    }
    return result;
}

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);

int __wrap_fcntl(int fd, int command, ...) {
    int error =
        faults_due(command == F_DUPFD_CLOEXEC ? FAULT_DUPLICATE : FAULT_FCNTL);
    va_list arguments;
    int value;

    if (error > 0) {
        errno = error;
        return -1;
    }
    va_start(arguments, command);
    value =
        command == F_SETFL || command == F_SETFD ? va_arg(arguments, int) : 0;
    va_end(arguments);
    return __real_fcntl(fd, command, value);
}

int __real_uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd);
int __wrap_uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd);

int __wrap_uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd) {
    int error = faults_due(FAULT_POLL_INIT);

    return error > 0 ? uv_translate_sys_error(error)
                     : __real_uv_poll_init(loop, poll, fd);
}

int __real_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, int fd);
int __wrap_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, int fd);

int __wrap_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, int fd) {
    int error = faults_due(FAULT_POLL_INIT);

    return error > 0 ? uv_translate_sys_error(error)
                     : __real_uv_poll_init_socket(loop, poll, fd);
}

int __real_uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request,
                          uv_getaddrinfo_cb cb, const char *node,
                          const char *service, const struct addrinfo *hints);
int __wrap_uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request,
                          uv_getaddrinfo_cb cb, const char *node,
                          const char *service, const struct addrinfo *hints);

int __wrap_uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request,
                          uv_getaddrinfo_cb cb, const char *node,
                          const char *service, const struct addrinfo *hints) {
    int error = faults_due(FAULT_GETADDRINFO);

    return error > 0
               ? uv_translate_sys_error(error)
               : __real_uv_getaddrinfo(loop, request, cb, node, service, hints);
}

int __real_uv_spawn(uv_loop_t *loop, uv_process_t *process,
                    const uv_process_options_t *options);
int __wrap_uv_spawn(uv_loop_t *loop, uv_process_t *process,
                    const uv_process_options_t *options);

/* A spawn that fails initializes the handle nevertheless. */
int __wrap_uv_spawn(uv_loop_t *loop, uv_process_t *process,
                    const uv_process_options_t *options) {
    int error = faults_due(FAULT_SPAWN);
    uv_process_options_t broken = *options;

    if (error == 0)
        return __real_uv_spawn(loop, process, options);
    broken.file = "/nowhere/at/all";
    assert_true(__real_uv_spawn(loop, process, &broken) < 0);
    return uv_translate_sys_error(error);
}

int __real_uv_exepath(char *path, size_t *size);
int __wrap_uv_exepath(char *path, size_t *size);

int __wrap_uv_exepath(char *path, size_t *size) {
    int error = faults_due(FAULT_PROGRAM);

    return error > 0 ? uv_translate_sys_error(error)
                     : __real_uv_exepath(path, size);
}

int __real_uv_os_environ(uv_env_item_t **items, int *count);
int __wrap_uv_os_environ(uv_env_item_t **items, int *count);

int __wrap_uv_os_environ(uv_env_item_t **items, int *count) {
    int error = faults_due(FAULT_ENVIRONMENT);

    return error > 0 ? uv_translate_sys_error(error)
                     : __real_uv_os_environ(items, count);
}
