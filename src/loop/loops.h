/* The list of the records of all loops, of all threads. */
#ifndef DGRAM_LOOP_LOOPS_H
#define DGRAM_LOOP_LOOPS_H

#include "namespace.h"

#include "loop/loop.h"

/* Returns the record of a loop, even if it is lost, or NULL. */
struct loop *loops_find(uv_loop_t *uv);

void loops_add(struct loop *loop);
void loops_remove(struct loop *loop);

#endif
