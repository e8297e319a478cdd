/* The signals that end or replace a process of a cluster, seen by its loop. */
#ifndef DGRAM_CLUSTER_SIGNALS_H
#define DGRAM_CLUSTER_SIGNALS_H

#include "namespace.h"

#include <uv.h>

#define SIGNALS 3u /* SIGTERM, SIGINT, SIGHUP */

struct signals {
    uv_signal_t handles[SIGNALS];
};

/* Has the callback called, with `data` in its handle. The loop may end
   meanwhile. */
void signals_open(struct signals *signals, uv_loop_t *uv, uv_signal_cb cb,
                  void *data);

/* Closes the handles; closing_wait() waits for that. */
void signals_close(struct signals *signals);

#endif
