#include "session/timer_fd.h"

#include <errno.h>
#include <unistd.h>

#include <uv.h>

#ifdef __linux__

#include <sys/timerfd.h>

#define NS_PER_S 1000000000u

int timer_fd_open(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

    return fd < 0 ? -errno : fd;
}

/* uv_hrtime() reads the same clock. */
void timer_fd_set(int fd, uint64_t at) {
    const struct itimerspec spec = {
        .it_value = {.tv_sec = (time_t)(at / NS_PER_S),
                     .tv_nsec = (long)(at % NS_PER_S)}};

    timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

#else

int timer_fd_open(void) {
    return UV_ENOSYS;
}

void timer_fd_set(int fd, uint64_t at) {
    (void)fd;
    (void)at;
}

#endif

void timer_fd_close(int fd) {
    close(fd);
}
