/* Linux: busy polling of an epoll descriptor. */
#ifndef DGRAM_OS_LINUX_BUSY_POLL_H
#define DGRAM_OS_LINUX_BUSY_POLL_H

#include "namespace.h"
#include "os/platform.h"

int linux_get_busy_poll(int backend, struct platform_busy_poll *out);
int linux_set_busy_poll(int backend, const struct platform_busy_poll *how);

#endif
