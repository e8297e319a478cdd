/* Makes the streams of a flood send: as fast as the kernel accepts datagrams,
   or at a rate. */
#ifndef CLI_FLOOD_PUMP_H
#define CLI_FLOOD_PUMP_H

#include "flood/schedule.h"
#include "flood/streams.h"

#define BATCHES_PER_ITERATION 8 /* of the loop, without a rate */

struct pump {
    struct streams *streams;
    struct schedule schedule;
    void (*on_end)(void); /* the time is over: close it */

    uint64_t started; /* nanoseconds */
    bool closed;
    bool is_last_iteration; /* at a rate */
    uv_idle_t idle;         /* without a rate: runs all the time */
    uv_timer_t ticks; /* with a rate, and while the kernel accepts no more */
};

/* Set the first members before the start. */
void pump_begin(struct pump *pump, uv_loop_t *loop);
void pump_start(struct pump *pump);
void pump_close(struct pump *pump);

/* Returns the seconds since the start. */
double pump_seconds(const struct pump *pump);

/* Whether it sends at a rate. */
bool pump_is_paced(const struct pump *pump);

#endif
