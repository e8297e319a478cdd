/* Functions of struct platform for what only Linux has. */
#ifndef DGRAM_OS_UNSUPPORTED_H
#define DGRAM_OS_UNSUPPORTED_H

#include "namespace.h"
#include "os/platform.h"

dgram_fd unsupported_open_interface_changes(void);
int unsupported_read_interface_changes(dgram_fd fd,
                                       struct platform_interface_changes *out);
uint32_t unsupported_segments_max(dgram_fd fd);
void unsupported_kernel_release(char *text, size_t size);
int unsupported_coalesce(dgram_fd fd, bool on);
bool unsupported_coalesces(dgram_fd fd);
int unsupported_attach_filter(dgram_fd fd,
                              const struct sock_filter *instructions,
                              size_t count);
int unsupported_steer(dgram_fd fd, const struct platform_steering *how);
int unsupported_get_busy_poll(int backend, struct platform_busy_poll *out);
int unsupported_set_busy_poll(int backend,
                              const struct platform_busy_poll *how);
int unsupported_receive_drops(dgram_fd fd, uint32_t *count_out);

#endif
