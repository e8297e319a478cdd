#include "posix.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/time.h>
#include <uv.h>

#undef socket
#undef close
#undef dup
#undef recv
#undef recvfrom
#undef sendto
#undef getsockopt
#undef setsockopt

/* libuv starts Winsock. */
int posix_socket(int family, int type, int protocol) {
    uv_loop_t loop;

    if (uv_loop_init(&loop) == 0)
        uv_loop_close(&loop);
    return (int)socket(family, type, protocol);
}

int posix_close(int fd) {
    return closesocket((SOCKET)fd) == 0 || _close(fd) == 0 ? 0 : -1;
}

int posix_dup(int fd) {
    WSAPROTOCOL_INFOW info;

    if (WSADuplicateSocketW((SOCKET)fd, GetCurrentProcessId(), &info) != 0)
        return -1;
    return (int)WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                           FROM_PROTOCOL_INFO, &info, 0, 0);
}

/* No test starts a process, so that nothing is inherited. Windows does not tell
   whether a socket blocks. */
int posix_fcntl(int fd, int command, ...) {
    DWORD flags;

    if (!GetHandleInformation((HANDLE)(intptr_t)fd, &flags)) {
        errno = EBADF;
        return -1;
    }
    switch (command) {
    case F_GETFD:
        return (flags & HANDLE_FLAG_INHERIT) != 0 ? 0 : FD_CLOEXEC;
    case F_GETFL:
        return O_NONBLOCK;
    default:
        return 0;
    }
}

int posix_poll(struct pollfd *list, unsigned count, int milliseconds) {
    if (count > 0)
        return WSAPoll(list, count, milliseconds);
    Sleep((DWORD)milliseconds);
    return 0;
}

static int is_readable(int fd) {
    struct pollfd one = {.fd = (SOCKET)fd, .events = POLLIN};

    return WSAPoll(&one, 1, 0) == 1;
}

int posix_recv(int fd, void *bytes, size_t size, int flags) {
    return posix_recvfrom(fd, bytes, size, flags, NULL, NULL);
}

int posix_recvfrom(int fd, void *bytes, size_t size, int flags,
                   struct sockaddr *from, socklen_t *length) {
    if ((flags & MSG_DONTWAIT) != 0 && !is_readable(fd))
        return -1;
    return recvfrom((SOCKET)fd, bytes, (int)size, flags & ~MSG_DONTWAIT, from,
                    length);
}

int posix_sendto(int fd, const void *bytes, size_t size, int flags,
                 const struct sockaddr *to, socklen_t length) {
    return sendto((SOCKET)fd, bytes, (int)size, flags, to, length);
}

int posix_getsockopt(int fd, int level, int name, void *value,
                     socklen_t *size) {
    return getsockopt((SOCKET)fd, level, name, value, size);
}

/* Timeouts are milliseconds. */
int posix_setsockopt(int fd, int level, int name, const void *value,
                     socklen_t size) {
    DWORD milliseconds;

    if (level == SOL_SOCKET && name == SO_RCVTIMEO) {
        milliseconds = 1000 * (DWORD)((const struct timeval *)value)->tv_sec;
        value = &milliseconds;
        size = sizeof milliseconds;
    }
    return setsockopt((SOCKET)fd, level, name, value, size);
}

int setenv(const char *name, const char *value, int replace) {
    return replace || getenv(name) == NULL ? _putenv_s(name, value) : 0;
}

int unsetenv(const char *name) {
    return _putenv_s(name, "");
}
