/* SIGINT and SIGTERM, for the loop. */
#ifndef CLI_SESSION_INTERRUPT_H
#define CLI_SESSION_INTERRUPT_H

#include <uv.h>

/* Calls on_interrupt at the first signal. A signal half a second later or more
   ends the process at once. */
void interrupt_start(uv_loop_t *loop, void (*on_interrupt)(void *data),
                     void *data);

/* Stops the calls. Does not restore the signals. */
void interrupt_stop(void);

#endif
