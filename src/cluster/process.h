/* A worker process: started and connected with the primary, asked to end,
   killed. */
#ifndef DGRAM_CLUSTER_PROCESS_H
#define DGRAM_CLUSTER_PROCESS_H

#include "namespace.h"

#include <dgram_cluster.h>

struct process;
struct worker_record;

/* How a spawner starts its processes. */
struct launcher {
    uv_loop_t *loop;
    dgram_primary *primary;
    const char *file;        /* a copy */
    const char *const *args; /* copies, in the same memory as `file` */
    /* Called when a process has ended and its connection is closed. `status`
       and `signal` are libuv's, or UV_ECANCELED and 0 after process_abandon().
       It is a pointer, because the spawner, which handles this, is above this
       file. */
    void (*exited)(void *data, struct process *process, int64_t status,
                   int signal);
    void *data;
};

/* Copies the texts. `file` NULL is this program, `args` NULL the file alone.
   UV_ENOMEM, UV_ENOENT if the path of this program is unknown. */
int launcher_open(struct launcher *launcher, const char *file,
                  const char *const *args);
void launcher_close(struct launcher *launcher);

/* Starts a process with the number of its worker. The primary's data of the
   connection is the process. After a failure memory may stay in use for some
   iterations of the loop. */
int process_start(const struct launcher *launcher, unsigned number,
                  struct worker_record *record, struct process **process_out);

struct worker_record *process_get_record(const struct process *process);
int process_get_pid(const struct process *process);
uint64_t process_get_age(const struct process *process); /* milliseconds */

/* Whether it is connected, and does what dgram_connection_is_ready() says.
   `other` may be NULL, or not connected. */
bool process_is_ready(const struct process *process,
                      const struct process *other);

/* Asks the process to end, once, and kills it after `drain_ms`. A process that
   has closed its connection is already ending. It gets SIGTERM, which may
   interrupt its work, only after half of that time. */
void process_ask_to_end(struct process *process, unsigned drain_ms);
bool process_is_asked(const struct process *process);

/* The process has closed its connection, which is freed after this call. */
void process_disconnected(struct process *process);

/* Kills the process at once, or after a time limit unless process_spare() is
   called before. */
void process_kill(struct process *process);
void process_kill_later(struct process *process, unsigned milliseconds);
void process_spare(struct process *process);

/* Whether the program has closed the handle of the process, so that libuv does
   not report its end. Abandoning sends SIGTERM and calls `exited`. */
bool process_is_lost(const struct process *process);
void process_abandon(struct process *process);

#endif
