/* The path of a socket's datagrams: their device, whether they may be
   fragmented, and how long they may be. */
#ifndef DGRAM_OS_PATH_H
#define DGRAM_OS_PATH_H

#include "namespace.h"

#include <netinet/in.h>

#include "os/platform.h"

#if defined(__linux__)
#define PATH_DONT_FRAGMENT 10    /* IP_MTU_DISCOVER */
#define PATH_DONT_FRAGMENT_V6 23 /* IPV6_MTU_DISCOVER */
#define PATH_HAS_MODES true
#define PATH_MTU 14    /* IP_MTU */
#define PATH_MTU_V6 24 /* IPV6_MTU */
#else
#if defined(IP_DONTFRAG) && defined(IPV6_DONTFRAG)
#define PATH_DONT_FRAGMENT IP_DONTFRAG
#define PATH_DONT_FRAGMENT_V6 IPV6_DONTFRAG
#else
#define PATH_DONT_FRAGMENT 0
#define PATH_DONT_FRAGMENT_V6 0
#endif
#define PATH_HAS_MODES false
#define PATH_MTU 0
#define PATH_MTU_V6 0
#endif

int path_set_device(int fd, const char *name);
int path_copy_device(int from, int to);

#endif
