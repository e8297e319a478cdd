/* Sockets of the checks that make system calls themselves. */
#ifndef CLI_POSIX_DOCTOR_SOCKET_H
#define CLI_POSIX_DOCTOR_SOCKET_H

#include "doctor/doctor.h"

#include <netinet/in.h>

/* Opens a non-blocking UDP socket, bound to `name` of AF_INET; port 0: a free
   one, which is set. Returns it, or a negative code. */
int probe_open(struct sockaddr_in *name, bool reuse_port);

/* The loopback address with port 0. */
struct sockaddr_in probe_loopback(void);

/* Turns an option of a socket on. Returns 0 or a negative code. */
int probe_enable(int fd, int level, int name);

/* Reads a file of at most `size` - 1 bytes as text, such as one in /proc.
   Returns 0 or a negative code. */
int probe_read_file(const char *path, char *text, size_t size);

/* Reads the numbers at the start of a file, such as a sysctl. */
bool probe_read_numbers(const char *path, uint64_t *numbers, size_t count);

#endif
