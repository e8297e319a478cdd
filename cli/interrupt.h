/* SIGINT and SIGTERM, for the loop and for waits outside of it. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <uv.h>

/* Calls on_interrupt at the first signal. A signal half a second later or more
   ends the process at once. */
void interrupt_start(uv_loop_t *loop, void (*on_interrupt)(void *data),
                     void *data);

/* Stops the calls. Does not restore the signals. */
void interrupt_stop(void);

/* Returns a descriptor that is readable from the first signal on; -1 before
   interrupt_start(). */
int interrupt_fd(void);

#endif
