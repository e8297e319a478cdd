/* A timer of the system that is exact to some microseconds. The timers of libuv
   count whole milliseconds. */
#ifndef CLI_SESSION_TIMER_FD_H
#define CLI_SESSION_TIMER_FD_H

#include <stdint.h>

/* Returns a descriptor, or a negative code if the system has no such timer. */
int timer_fd_open(void);

/* Makes the descriptor readable at this time of uv_hrtime(); 0: never. */
void timer_fd_set(int fd, uint64_t at);

void timer_fd_close(int fd);

#endif
