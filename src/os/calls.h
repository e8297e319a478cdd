/* System calls, each in one place so that it can be traced. Arguments, result
   and errno are those of the call. */
#ifndef DGRAM_OS_CALLS_H
#define DGRAM_OS_CALLS_H

#include "namespace.h"

#include <ifaddrs.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>

int os_socket(int family, int type, int protocol);
int os_socketpair(int family, int type, int protocol, int ends_out[2]);
int os_close(int fd);
int os_shutdown(int fd, int how);
int os_bind(int fd, const struct sockaddr *address, socklen_t size);
int os_connect(int fd, const struct sockaddr *address, socklen_t size);
int os_getsockname(int fd, struct sockaddr *address, socklen_t *size);
int os_getpeername(int fd, struct sockaddr *address, socklen_t *size);
int os_setsockopt(int fd, int level, int name, const void *value,
                  socklen_t size);
int os_getsockopt(int fd, int level, int name, void *value, socklen_t *size);
int os_fcntl(int fd, int command, int argument);
int os_ioctl(int fd, unsigned long request, void *argument);
int os_getifaddrs(struct ifaddrs **first_out);
int os_uname(struct utsname *name);
int os_poll(struct pollfd *fds, nfds_t count, int timeout);
ssize_t os_sendmsg(int fd, const struct msghdr *message, int flags);
/* Calls sendto(). The message has one part and no control messages. */
ssize_t os_sendto(int fd, const struct msghdr *message, int flags);
ssize_t os_recvmsg(int fd, struct msghdr *message, int flags);
int os_open(const char *path, int flags);
int os_lstat(const char *path, struct stat *status);
int os_unlink(const char *path);
int os_flock(int fd, int operation);
int os_fchmod(int fd, mode_t mode);
int os_fchmodat(const char *path, mode_t mode); /* follows no symbolic link */
char *os_getcwd(char *path, size_t size);
pid_t os_getpid(void);

#endif
