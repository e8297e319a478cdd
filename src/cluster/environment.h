/* What a worker's process finds in its environment. */
#ifndef DGRAM_CLUSTER_ENVIRONMENT_H
#define DGRAM_CLUSTER_ENVIRONMENT_H

#include "namespace.h"

#define CONTROL_FD 3 /* in a worker, behind the standard streams */

/* This process's environment, with what tells a worker where its primary is:
   one piece of memory, for alloc_free(). NULL without memory. */
char **environment_make(unsigned worker);

#endif
