/* Sockets of Windows: functions of struct platform. */
#ifndef DGRAM_OS_WINDOWS_SOCKETS_H
#define DGRAM_OS_WINDOWS_SOCKETS_H

#include "namespace.h"
#include "os/platform.h"

dgram_fd windows_open(int family);
dgram_fd windows_duplicate(dgram_fd fd);
int windows_bind_to(dgram_fd fd, const dgram_address *address);
int windows_connect_to(dgram_fd fd, const dgram_address *address);
int windows_local_address(dgram_fd fd, dgram_address *out);
int windows_remote_address(dgram_fd fd, dgram_address *out);
int windows_kind(dgram_fd fd);
int windows_set_flags(dgram_fd fd);
int windows_adopt(dgram_fd fd, struct platform_adopted *before);
void windows_restore(dgram_fd fd, const struct platform_adopted *before);
bool windows_has_data(dgram_fd fd);
bool windows_receive_is_shut(dgram_fd fd);

#endif
