/* Network interfaces of Windows: functions of struct platform. */
#ifndef DGRAM_OS_WINDOWS_INTERFACES_H
#define DGRAM_OS_WINDOWS_INTERFACES_H

#include "namespace.h"
#include "os/platform.h"

int windows_list_interfaces(struct platform_interface *out, unsigned max);
unsigned windows_find_interface(const struct in_addr *address);
int windows_send_multicast_from(dgram_fd fd, unsigned interface_index);

#endif
