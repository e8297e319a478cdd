/*
 * What the tests use of POSIX, for Windows: sockets are descriptors, and
 * pointers to bytes are void *. The build includes this before each file of the
 * tests.
 */
#ifndef TEST_WINDOWS_POSIX_H
#define TEST_WINDOWS_POSIX_H

#include <winsock2.h>
#include <ws2tcpip.h>

#include <netioapi.h>
#include <fcntl.h>
#include <unistd.h>

#undef interface

#define SOCK_CLOEXEC 0
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define FD_CLOEXEC 1
#define O_NONBLOCK 0x800
#define MSG_DONTWAIT 0x40000000 /* a bit that Winsock does not use */
#define SHUT_RD SD_RECEIVE
#define SHUT_RDWR SD_BOTH

int posix_socket(int family, int type, int protocol);
int posix_close(int fd);
int posix_dup(int fd);
int posix_fcntl(int fd, int command, ...);
int posix_poll(struct pollfd *list, unsigned count, int milliseconds);
int posix_recv(int fd, void *bytes, size_t size, int flags);
int posix_recvfrom(int fd, void *bytes, size_t size, int flags,
                   struct sockaddr *from, socklen_t *length);
int posix_sendto(int fd, const void *bytes, size_t size, int flags,
                 const struct sockaddr *to, socklen_t length);
int posix_getsockopt(int fd, int level, int name, void *value, socklen_t *size);
int posix_setsockopt(int fd, int level, int name, const void *value,
                     socklen_t size);
int setenv(const char *name, const char *value, int replace);
int unsetenv(const char *name);

#define socket posix_socket
#define close posix_close
#define dup posix_dup
#define fcntl posix_fcntl
#define poll posix_poll
#define recv posix_recv
#define recvfrom posix_recvfrom
#define sendto posix_sendto
#define getsockopt posix_getsockopt
#define setsockopt posix_setsockopt

#endif
