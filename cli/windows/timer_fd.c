/* libuv cannot wait for the timers of Windows. */
#include "session/timer_fd.h"

#include <uv.h>

int timer_fd_open(void) {
    return UV_ENOSYS;
}

void timer_fd_set(int fd, uint64_t at) {
    (void)fd;
    (void)at;
}

void timer_fd_close(int fd) {
    (void)fd;
}
