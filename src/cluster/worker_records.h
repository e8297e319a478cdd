/* The workers of a spawner, one record for each number: the current process,
   its replacement, and the pause before the next start. */
#ifndef DGRAM_CLUSTER_WORKER_RECORDS_H
#define DGRAM_CLUSTER_WORKER_RECORDS_H

#include "namespace.h"

#include "cluster/process.h"
#include "cluster/reports.h"

struct worker_records {
    struct launcher launcher;
    const dgram_spawner_options *options; /* the spawner's; no member is 0 */
    const struct reports *reports;
    struct worker_record *record; /* options->workers of them */
    unsigned running;             /* processes */
    bool stopping;                /* no more processes are started */
};

/* What an event of a process means for a restart. */
enum worker_change {
    WORKER_AS_BEFORE,
    WORKER_REPLACED,           /* by the process that was to replace it */
    WORKER_REPLACEMENT_FAILED, /* that process has ended, or did not start */
};

/* Copies the launcher and sets its `file` and `args` from the options.
   UV_ENOENT, UV_ENOMEM. */
int worker_records_create(struct worker_records *records,
                          const struct launcher *launcher,
                          const dgram_spawner_options *options,
                          const struct reports *reports);

/* Starts all workers, from the loop, and connects them with the primary. */
void worker_records_open(struct worker_records *records,
                         dgram_primary *primary);

/* Closes the timers; closing_wait() waits for that. */
void worker_records_close(struct worker_records *records);
void worker_records_free(struct worker_records *records);

/* Asks all processes to end and kills those that do not, or kills all. */
void worker_records_stop(struct worker_records *records, bool kills);
bool worker_records_are_stopping(const struct worker_records *records);
bool worker_records_are_running(const struct worker_records *records);

/* Abandons the processes whose handles the program has closed. */
void worker_records_abandon_lost(struct worker_records *records);

/* Returns the id of a worker's current process, or 0. */
int worker_records_get_pid(const struct worker_records *records,
                           unsigned worker);

/* Starts a replacement for a worker's current process. When the replacement is
   ready, the current process is asked to end. */
enum worker_change worker_records_replace(struct worker_records *records,
                                          unsigned worker);

/* The number of the worker that the process is started for. */
unsigned worker_record_get_number(const struct process *process);

/* A process has joined, shares one more socket, or has reported that it is
 * ready.
 */
enum worker_change worker_record_progressed(struct process *process);

/* A process has ended. */
enum worker_change worker_record_ended(struct process *process, int64_t status,
                                       int signal);

#endif
