/* Calls the callbacks of a spawner that the program has set. */
#ifndef DGRAM_CLUSTER_REPORTS_H
#define DGRAM_CLUSTER_REPORTS_H

#include "namespace.h"

#include <dgram_cluster.h>

struct reports {
    dgram_spawner *spawner;
    const dgram_spawner_options *options; /* the spawner's */
};

void report_started(const struct reports *reports, unsigned worker, int pid);
void report_listening(const struct reports *reports, unsigned worker,
                      const dgram_address *address);
void report_ended(const struct reports *reports, unsigned worker, int pid,
                  int64_t status, int signal);
void report_restarted(const struct reports *reports, int status);
void report_stopped(const struct reports *reports);

#endif
