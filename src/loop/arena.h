/* Receive buffers, for the time of a wake-up. */
#ifndef DGRAM_LOOP_ARENA_H
#define DGRAM_LOOP_ARENA_H

#include "namespace.h"

#include "loop/loop.h"

/* Makes the buffers unless they are there. UV_ENOMEM. */
int arena_need_buffers(struct loop *loop);

/* An arena, for the time of a wake-up; one that is nested in another's listener
   gets a new one. NULL without memory. */
struct arena *arena_take(struct loop *loop);
void arena_give(struct arena *arena);

/* Whether the wake-up that has it has not ended, and never will. */
bool arena_is_left(const struct arena *arena);

/* One that was left with something that is still to be shown, or NULL. */
struct arena *arena_find_left(struct loop *loop);

#endif
