/* A process of a spawner: started and connected with the primary, asked to
   end, killed. */
#ifndef DGRAM_CLUSTER_PROCESS_H
#define DGRAM_CLUSTER_PROCESS_H

#include "namespace.h"

#include <dgram_cluster.h>

#include "loop/closing.h"

struct process;

/* How all processes of a spawner are made. */
struct launcher {
    uv_loop_t *loop;
    dgram_primary *primary;
    const char *file;        /* a copy */
    const char *const *args; /* copies, all in one piece of memory */
    /* It has ended, and its connection with it. */
    void (*exited)(struct process *process, int64_t status, int signal);
    unsigned kept; /* processes whose memory is not free yet */
    void (*freed)(struct launcher *launcher); /* that of one is */
};

struct process {
    uv_process_t handle;
    uv_timer_t timer; /* turns of the time that it has */
    unsigned turns;   /* of them, left */
    void (*time_is_up)(struct process *process);
    struct launcher *launcher;
    void *record;                 /* the starter's */
    dgram_connection *connection; /* NULL: not connected any more */
    uint64_t started_at;          /* of uv_now() */
    struct closing closing;
    unsigned grace_ms; /* between a signal to end and the kill */
    bool left;         /* had joined, and gave its connection up */
    bool asked;        /* to end */
    bool ready;        /* to take the place of another; the starter's */
};

/* Copies the texts; `file` NULL is this program, `args` NULL the file alone.
   UV_ENOMEM, UV_ENOENT if the path of this program cannot be had. */
int launcher_set(struct launcher *launcher, const char *file,
                 const char *const *args);
void launcher_free(struct launcher *launcher);

/* Starts one with its number. On failure the loop may keep memory of it for a
   turn. */
int process_start(struct launcher *launcher, unsigned number, void *record,
                  struct process **process_out);

/* Asks it to end, once, and kills it after so long. One that has left is on its
   way already: SIGTERM, which may cut its last words off, comes to it half-way.
 */
void process_ask_to_end(struct process *process, unsigned drain_ms);

/* Somebody else has closed its handle, so that its end is not seen. Asks it to
   end, and calls `exited` with UV_ECANCELED. */
bool process_is_lost(const struct process *process);
void process_abandon(struct process *process);

/* It has given its connection up. */
void process_left(struct process *process);

/* Kills it at once, or unless process_spare() comes within so long. */
void process_kill(struct process *process);
void process_kill_later(struct process *process, unsigned milliseconds);
void process_spare(struct process *process);

#endif
