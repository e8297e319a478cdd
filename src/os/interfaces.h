/* Network interfaces, and the options that name them. */
#ifndef DGRAM_OS_INTERFACES_H
#define DGRAM_OS_INTERFACES_H

#include "namespace.h"
#include "os/platform.h"

/* Only Linux delivers the groups that other sockets have joined. */
#if defined(__linux__)
#define INTERFACES_MULTICAST_ALL 49    /* IP_MULTICAST_ALL */
#define INTERFACES_MULTICAST_ALL_V6 29 /* IPV6_MULTICAST_ALL */
#else
#define INTERFACES_MULTICAST_ALL 0
#define INTERFACES_MULTICAST_ALL_V6 0
#endif

int interfaces_list(struct platform_interface *out, unsigned max);
unsigned interfaces_find(const struct in_addr *address);
int interfaces_send_multicast_from(int fd, unsigned interface_index);

#endif
