/* The functions of the system that the checks of dgram doctor use. Each system
   has a folder with its version of doctor.c, which also lists the checks. */
#ifndef CLI_DOCTOR_SYSTEM_H
#define CLI_DOCTOR_SYSTEM_H

#include <dgram.h>

#if defined(_WIN32)
#define SOCKET_OF(fd) ((SOCKET)(fd))
#else
#define SOCKET_OF(fd) (fd)
#endif

/* Limits of SO_RCVBUF and SO_SNDBUF. */
struct system_buffers {
    const char *receive_limit, *send_limit; /* names of sysctl(8), or NULL */
    unsigned factor; /* bytes reported for each byte asked for */
};

extern const struct system_buffers system_buffers;

/* Waits until the descriptor can be read or has an error. */
bool system_wait(dgram_fd fd, int milliseconds);

/* Returns how many bytes of the receive buffer are in use; 0: unknown. */
uint64_t system_stored_size(dgram_fd fd);

/* Whether this process may set buffers above the limit. */
bool system_may_exceed(dgram_fd fd, bool receives);

/* Gets the index of an interface. Returns 0, UV_ENODEV if there is none of that
   name, or another code if the system refuses to say. */
int system_find_interface(const char *name, unsigned *index_out);

#endif
