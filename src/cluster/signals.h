/* The signals that stop and restart a cluster, as handles on a loop. */
#ifndef DGRAM_CLUSTER_SIGNALS_H
#define DGRAM_CLUSTER_SIGNALS_H

#include "namespace.h"

#include <uv.h>

#define SIGNALS 3u /* SIGTERM, SIGINT, SIGHUP */

struct signals {
    uv_signal_t handles[SIGNALS];
};

/* Opens a handle for each signal, with `data`. They do not keep the loop
   running. */
void signals_open(struct signals *signals, uv_loop_t *uv, uv_signal_cb cb,
                  void *data);

/* Closes the handles; closing_wait() waits for that. */
void signals_close(struct signals *signals);

#endif
