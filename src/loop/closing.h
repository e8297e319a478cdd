/* Waiting until handles of libuv are closed, whoever closed them.

   A program may close all handles of its loop with uv_walk() and uv_close(),
   ours among them. Then its callback is called, and not ours. Closing a handle
   again would abort the process, and its memory may go only when libuv has done
   with it. */
#ifndef DGRAM_LOOP_CLOSING_H
#define DGRAM_LOOP_CLOSING_H

#include "namespace.h"

#include <stdbool.h>

#include <uv.h>

/* All 0 at first. */
struct closing {
    uv_idle_t pause; /* never started: its own closing takes a turn */
    unsigned turns;  /* until all is closed; 0: nothing is waited for */
    void (*closed)(struct closing *closing);
};

/* Closes a handle, unless somebody has. */
void closing_add(uv_handle_t *handle);

/* Calls `closed`, from libuv's closing phase, when all handles are closed whose
   closing has begun by now. While it waits already it begins anew. On a loop
   that is closed itself, so are its handles: `closed` is called at once. */
void closing_wait(struct closing *closing, uv_loop_t *uv,
                  void (*closed)(struct closing *closing));

/* Nothing is waited for any more: `closed` comes as soon as it can. */
void closing_hurry(struct closing *closing);

/* Whether uv_loop_close() was called. */
bool closing_is_over(const uv_loop_t *uv);

#endif
