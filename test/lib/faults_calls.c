/* The calls that counted faults catch: the linker puts __wrap_NAME where the
   library calls NAME (-Wl,--wrap=NAME, see test/CMakeLists.txt). */
#define _GNU_SOURCE
#include "faults_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

/* Defines __wrap_NAME, which fails as told or does what NAME does. */
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
WRAP(FAULT_RECEIVE, ssize_t, recvmsg,
     (int fd, struct msghdr *message, int flags), (fd, message, flags))
WRAP(FAULT_RECEIVE, int, recvmmsg,
     (int fd, struct mmsghdr *messages, unsigned count, int flags,
      struct timespec *timeout),
     (fd, messages, count, flags, timeout))
WRAP(FAULT_SEND, ssize_t, sendmsg,
     (int fd, const struct msghdr *message, int flags), (fd, message, flags))

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

/* A close that fails has closed all the same. */
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
    int error = faults_due(FAULT_FCNTL);
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
