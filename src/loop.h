/* What the sockets of one uv_loop_t share: calls put off to the end of the
   loop's phase, free chunks, receive buffers, the memory of
   refused GSO messages.

   Work is put off as a task. Tasks run when the wake-up that queued them ends,
   else at the next idle or check step of the loop, whichever comes first. While
   there are tasks the idle handle keeps the loop alive and from sleeping. */
#ifndef DGRAM_LOOP_H
#define DGRAM_LOOP_H

#include "base/list.h"
#include "gso_cache.h"
#include "platform/platform.h"
#include "segment.h"
#include "sendq.h"

struct bind_broker;

#define RECEIVE_MESSAGES_MAX 32u    /* system messages of one wake-up */
#define RECEIVE_ROOM_SIZE 65536u    /* bytes for each */
#define RECEIVE_DATAGRAMS_MAX 2048u /* shown to listeners at once */

#define RETRY_MS 2u /* that retries wait */

struct task {
    struct list node;
    void (*run)(struct task *task);
    uint64_t due;    /* milliseconds; 0: it waits for no time */
    bool keeps_loop; /* the loop does not end before that */
};

/* What one wake-up is received into. */
struct arena {
    struct platform_in messages[RECEIVE_MESSAGES_MAX];
    dgram_message datagrams[RECEIVE_DATAGRAMS_MAX];
    unsigned char rooms[RECEIVE_MESSAGES_MAX][RECEIVE_ROOM_SIZE];
};

struct loop {
    struct list node; /* in the list of all loops */
    uv_loop_t *uv;
    unsigned references;          /* sockets, lookups, a running drain */
    struct loop_handles *handles; /* NULL without references */
    struct list tasks;
    struct list delayed; /* tasks that wait for the timer */
    uint64_t timer_due;  /* of the timer while it runs, in milliseconds */
    unsigned holds; /* answers that someone else owes; they keep it alive */
    uint64_t awake_until; /* nanoseconds; the loop does not sleep before */
    unsigned dispatching; /* wake-ups under way, which run tasks at their end;
                             more than one where a listener runs the loop */
    struct list dead; /* tasks that free what such wake-ups may still read */
    struct sendq_pool pool;
    struct gso_cache gso_cache;
    uint64_t serials;            /* given to sockets so far */
    struct segment_batch *batch; /* in use only within one call; NULL before the
                                    first bind */
    struct arena *arena;         /* NULL also while a wake-up has it */
    struct bind_broker *broker;  /* answers shared binds; NULL: the system */
    dgram_unheard_cb unheard;
    void *unheard_data;
};

/* The record of a loop, or NULL. */
struct loop *loop_find(uv_loop_t *uv);

/* Finds or makes the record of a loop and takes a reference. */
int loop_acquire(uv_loop_t *uv, struct loop **loop_out);
void loop_release(struct loop *loop);

/* Makes the buffers unless they are there. UV_ENOMEM. */
int loop_need_buffers(struct loop *loop);

/* The arena, for the time of a wake-up; one that is nested in another's
   listener gets a new one. NULL without memory. */
struct arena *loop_take_arena(struct loop *loop);
void loop_give_arena(struct loop *loop, struct arena *arena);

/* Runs the task when no wake-up is under way any more, at once if none is but
   the one that asks. */
void loop_bury(struct loop *loop, struct task *task);

void task_init(struct task *task, void (*run)(struct task *task));

/* Takes back a task of the loop; without tasks the loop may end. */
void task_cancel(struct loop *loop, struct task *task);

/* Puts the task behind those that wait; one that waits already keeps its
   place. */
void loop_defer(struct loop *loop, struct task *task);

/* Puts the task off for so many milliseconds. The loop may end before, unless
   the task keeps it. */
void loop_delay(struct loop *loop, struct task *task, uint64_t delay,
                bool keeps_loop);

/* The same for RETRY_MS; the task keeps the loop. */
void loop_retry(struct loop *loop, struct task *task);

/* Keeps the loop running while an answer is to come from elsewhere. */
void loop_hold(struct loop *loop);
void loop_let_go(struct loop *loop);

/* Keeps the loop from sleeping for so long from now on. */
void loop_stay_awake(struct loop *loop, uint32_t microseconds);

/* Runs the tasks before the wake-up ends. */
void loop_run_tasks(struct loop *loop);

/* Around the handling of a wake-up: tasks queued in between run at its end. */
void loop_dispatch_begin(struct loop *loop);
void loop_dispatch_end(struct loop *loop);

#endif
