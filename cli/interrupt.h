/* SIGINT and SIGTERM, seen by a loop, and by who waits outside of it. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <uv.h>

/* Has on_interrupt called at the first signal. One that comes half a second
   after it or later ends the process at once. */
void interrupt_start(uv_loop_t *loop, void (*on_interrupt)(void *data),
                     void *data);

/* Ends the calls. The signals stay as they are. */
void interrupt_stop(void);

/* Readable from the first signal on; -1 before interrupt_start(). */
int interrupt_fd(void);

#endif
