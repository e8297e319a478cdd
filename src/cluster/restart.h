/* A rolling restart: the workers are replaced one after the other. */
#ifndef DGRAM_CLUSTER_RESTART_H
#define DGRAM_CLUSTER_RESTART_H

#include "namespace.h"

#include "cluster/worker_records.h"

struct restart {
    uv_timer_t timer; /* begins it, from the loop */
    struct worker_records *records;
    const struct reports *reports;
    unsigned count;    /* of workers */
    unsigned position; /* worker that is being replaced; `count`: none */
    bool again;        /* another restart was requested during this one */
};

void restart_open(struct restart *restart, uv_loop_t *loop,
                  struct worker_records *records, const struct reports *reports,
                  unsigned count);

/* Begins a restart from the loop. If a restart is in progress, another one
   follows it. UV_ECANCELED if the program has closed the timer. */
int restart_request(struct restart *restart);

/* Continues with the next worker, or ends, after an event of a process. */
void restart_follow(struct restart *restart, enum worker_change change);

/* Closes the timer; closing_wait() waits for that. */
void restart_close(struct restart *restart);

/* Reports restarts that a stop has prevented. */
void restart_report_canceled(struct restart *restart);

#endif
