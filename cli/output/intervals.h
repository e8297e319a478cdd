/* --interval: prints a line about each interval of a measurement. */
#ifndef CLI_OUTPUT_INTERVALS_H
#define CLI_OUTPUT_INTERVALS_H

#include "measure/rate.h"
#include "session/session.h"

#define INTERVALS_HEADING                                                      \
    "  from (s)     to (s)     datagrams         kpps       Mbit/s"

struct intervals {
    struct session *session;
    double period; /* seconds; 0: no lines */
    double end;    /* of the measurement, in seconds from its start; 0: open */
    /* Sets what was counted since the start. */
    void (*count)(struct rate *total_out);
    void (*more)(void);  /* prints more columns or members, or NULL */
    const char *heading; /* of those columns */

    bool runs;
    uint64_t started;    /* nanoseconds */
    uint64_t line;       /* number of the latest one */
    double time;         /* of the latest line, in seconds from the start */
    struct rate printed; /* in all lines */
    uv_timer_t timer;
};

/* Begins with the heading. Set the upper members first. Does nothing if the
   period is 0. */
void intervals_begin(struct intervals *intervals, uint64_t started);

/* Prints the last line, of what remains. Has no effect if it did not begin. */
void intervals_end(struct intervals *intervals);

#endif
