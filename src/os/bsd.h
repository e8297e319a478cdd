/* How macOS and the BSDs differ from Linux in what the portable files do. Tests
   define OS_BSD to run that code elsewhere. */
#ifndef DGRAM_OS_BSD_H
#define DGRAM_OS_BSD_H

#include "namespace.h"

#include <stddef.h>

#include "util/address.h"

#if !defined(OS_BSD)
#if defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) ||       \
    defined(__OpenBSD__) || defined(__DragonFly__)
#define OS_BSD 1
#else
#define OS_BSD 0
#endif
#endif

/* Whether Unix sockets have abstract names. */
#if defined(__linux__) && !OS_BSD
#define OS_ABSTRACT_NAMES true
#else
#define OS_ABSTRACT_NAMES false
#endif

/* Sets the length that an address carries itself. The kernel sets it in
   arguments of calls, but not in those of socket options. */
static inline void os_set_length(struct sockaddr *address, socklen_t length) {
#if defined(SIN6_LEN)
    address->sa_len = (unsigned char)length;
#else
    (void)address;
    (void)length;
#endif
}

/* Does what address_received() does. On BSD the address of a Unix socket
   without a name is padded with zeros. */
static inline void os_address_received(dgram_address *address, socklen_t size) {
    if (!OS_ABSTRACT_NAMES && size > 0 && address_is_unix(address) &&
        address->un.name.sun_path[0] == '\0')
        size = offsetof(struct sockaddr_un, sun_path);
    address_received(address, size);
}

#endif
