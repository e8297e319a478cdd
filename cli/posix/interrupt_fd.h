/* SIGINT and SIGTERM, for waits outside of the loop. */
#ifndef CLI_POSIX_INTERRUPT_FD_H
#define CLI_POSIX_INTERRUPT_FD_H

/* Returns a descriptor that is readable from the first signal on; -1 before
   interrupt_start(). */
int interrupt_fd(void);

#endif
