/* Reports of changed interfaces, by a netlink socket. */
#ifndef DGRAM_OS_LINUX_NETLINK_H
#define DGRAM_OS_LINUX_NETLINK_H

#include "namespace.h"
#include "os/platform.h"

int linux_open_interface_changes(void);
int linux_read_interface_changes(int fd,
                                 struct platform_interface_changes *out);

#endif
