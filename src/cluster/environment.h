/* The environment of a worker process. */
#ifndef DGRAM_CLUSTER_ENVIRONMENT_H
#define DGRAM_CLUSTER_ENVIRONMENT_H

#include "namespace.h"

#define CONTROL_FD 3 /* in a worker: next to the standard streams */

/* A copy of the environment of this process, with the variables of
   dgram_cluster.h set for this worker. Free it with one alloc_free(). NULL if
   out of memory. */
char **environment_make(unsigned worker);

#endif
