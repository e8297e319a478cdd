/* A process of a spawner: started and connected with the primary, asked to
   end, killed. */
#ifndef DGRAM_CLUSTER_CHILD_H
#define DGRAM_CLUSTER_CHILD_H

#include "namespace.h"

#include <dgram_cluster.h>

#include "loop/closing.h"

struct child;

/* How all children of a spawner are made. */
struct child_plan {
    uv_loop_t *loop;
    dgram_primary *primary;
    const char *file;        /* a copy */
    const char *const *args; /* copies, all in one piece of memory */
    /* It has ended, and its connection with it. */
    void (*exited)(struct child *child, int64_t status, int signal);
    unsigned kept; /* children whose memory is not free yet */
    void (*freed)(struct child_plan *plan); /* that of one is */
};

struct child {
    uv_process_t process;
    uv_timer_t timer; /* turns of the time that it has */
    unsigned turns;   /* of them, left */
    void (*time_is_up)(struct child *child);
    struct child_plan *plan;
    void *slot;           /* the starter's */
    dgram_member *member; /* NULL: not connected any more */
    uint64_t started_at;  /* of uv_now() */
    struct closing closing;
    unsigned grace_ms; /* between a signal to end and the kill */
    bool left;         /* had joined, and gave its connection up */
    bool asked;        /* to end */
    bool ready;        /* to take the place of another; the starter's */
};

/* Copies the texts; `file` NULL is this program, `args` NULL the file alone.
   UV_ENOMEM, UV_ENOENT if the path of this program cannot be had. */
int child_plan_set(struct child_plan *plan, const char *file,
                   const char *const *args);
void child_plan_free(struct child_plan *plan);

/* Starts one with its number. On failure the loop may keep memory of it for a
   turn. */
int child_start(struct child_plan *plan, unsigned number, void *slot,
                struct child **child_out);

/* Asks it to end, once, and kills it after so long. One that has left is on its
   way already: SIGTERM, which may cut its last words off, comes to it half-way.
 */
void child_ask_to_end(struct child *child, unsigned drain_ms);

/* Somebody else has closed its handle, so that its end is not seen. Asks it to
   end, and calls `exited` with UV_ECANCELED. */
bool child_is_lost(const struct child *child);
void child_abandon(struct child *child);

/* It has given its connection up. */
void child_left(struct child *child);

/* Kills it at once, or unless child_spare() comes within so long. */
void child_kill(struct child *child);
void child_kill_later(struct child *child, unsigned milliseconds);
void child_spare(struct child *child);

#endif
