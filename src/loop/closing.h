/* Waiting until handles are closed, by the library or by the program.

   A program may close all handles of its loop with uv_walk() and uv_close(),
   the library's among them. Then libuv calls the program's close callback. To
   close a handle again would abort the process, and its memory may only be
   freed when libuv has closed it. */
#ifndef DGRAM_LOOP_CLOSING_H
#define DGRAM_LOOP_CLOSING_H

#include "namespace.h"

#include <stdbool.h>

#include "loop/backend.h"

struct closing {
    union backend_pause pause;
    unsigned rounds; /* until all are closed; 0: not waiting */
    void (*closed)(struct closing *closing);
};

/* Memory that is all 0 is initialized as well. */
static inline void closing_init(struct closing *closing) {
    closing->rounds = 0;
}

static inline bool closing_is_waiting(const struct closing *closing) {
    return closing->rounds > 0;
}

/* Closes a handle unless it is closing. */
void closing_add(uv_handle_t *handle);

/* Calls `closed` when libuv has closed all handles that are closing now, from
   libuv's closing phase. If it waits already, it starts over. After
   uv_loop_close() all handles are closed, and `closed` is called at once. */
void closing_wait(struct closing *closing, uv_loop_t *uv,
                  void (*closed)(struct closing *closing));

/* Calls `closed` as soon as possible. */
void closing_hurry(struct closing *closing);

/* Whether uv_loop_close() was called. */
bool closing_is_over(const uv_loop_t *uv);

#endif
