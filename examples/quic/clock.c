#define _GNU_SOURCE /* ppoll() */

#include "clock.h"

#include <sys/resource.h>
#include <time.h>

ngtcp2_tstamp clock_now(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (ngtcp2_tstamp)now.tv_sec * NGTCP2_SECONDS +
           (ngtcp2_tstamp)now.tv_nsec;
}

void clock_wait(struct pollfd *fds, nfds_t count, ngtcp2_tstamp until,
                const sigset_t *mask) {
    ngtcp2_tstamp now = clock_now();
    ngtcp2_duration left = until > now ? until - now : 0;
    struct timespec time = {
        .tv_sec = (time_t)(left / NGTCP2_SECONDS),
        .tv_nsec = (long)(left % NGTCP2_SECONDS),
    };

    if (ppoll(fds, count, until == UINT64_MAX ? NULL : &time, mask) >= 0)
        return;
    for (nfds_t i = 0; i < count; i++)
        fds[i].revents = 0;
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

double clock_cpu(void) {
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}
