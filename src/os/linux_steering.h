/* Linux: which socket of a port gets a datagram. */
#ifndef DGRAM_OS_LINUX_STEERING_H
#define DGRAM_OS_LINUX_STEERING_H

#include "namespace.h"
#include "os/platform.h"

int linux_steer(int fd, const struct platform_steering *how);

#endif
