/* The functions of a platform that are the same wherever there are BSD sockets.
 */
#ifndef DGRAM_OS_SOCKETS_H
#define DGRAM_OS_SOCKETS_H

#include "namespace.h"
#include "os/platform.h"

#if defined(__linux__)
#define SOCKETS_MAPPED_OPTIONS true
#else
#define SOCKETS_MAPPED_OPTIONS false
#endif

/* SO_REUSEADDR does not let two sockets have the same address on the BSDs, but
   SO_REUSEPORT does. */
#if defined(SO_REUSEPORT) && !defined(__linux__) && !defined(__sun__)
#define SOCKETS_REUSE_ADDRESS SO_REUSEPORT
#else
#define SOCKETS_REUSE_ADDRESS SO_REUSEADDR
#endif

/* Only where the kernel distributes datagrams over the sockets. */
#if defined(SO_REUSEPORT_LB)
#define SOCKETS_REUSE_PORT SO_REUSEPORT_LB
#elif defined(SO_REUSEPORT) && defined(__linux__)
#define SOCKETS_REUSE_PORT SO_REUSEPORT
#else
#define SOCKETS_REUSE_PORT 0
#endif

/* Of socket(): no program that another thread executes inherits the descriptor.
   macOS cannot do that. */
#if defined(SOCK_CLOEXEC)
#define SOCKETS_TYPE_FLAGS SOCK_CLOEXEC
#else
#define SOCKETS_TYPE_FLAGS 0
#endif

int sockets_open(int family);
int sockets_close(int fd);
int sockets_duplicate(int fd);
int sockets_bind(int fd, const dgram_address *address);
int sockets_connect(int fd, const dgram_address *address);
int sockets_local_address(int fd, dgram_address *out);
int sockets_remote_address(int fd, dgram_address *out);
int sockets_set_option(int fd, int level, int name, const void *value,
                       socklen_t size);
int sockets_get_option(int fd, int level, int name, void *value,
                       socklen_t *size);
int sockets_kind(int fd);
int sockets_adopt(int fd, struct platform_adopted *before);
void sockets_restore(int fd, const struct platform_adopted *before);
int sockets_send(int fd, const struct platform_out *messages, uint32_t count);
int sockets_receive(int fd, struct platform_in *messages, uint32_t count);

bool sockets_send_buffer_is_used(int fd, unsigned quarters);
bool sockets_has_data(int fd);
bool sockets_receive_is_shut(int fd);

/* Makes a descriptor non-blocking and close-on-exec. */
int sockets_set_flags(int fd);

/* Whether an option that is a flag or a number is not 0. */
bool sockets_option_is_on(int fd, int level, int name);

/* Returns the code of errno. */
int sockets_error(void);

/* Sets the out members from what recvmsg() returned. */
void sockets_fill_message(const struct msghdr *header, size_t length,
                          struct platform_in *message);

#endif
