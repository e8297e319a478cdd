/* The record of a uv_loop_t: what its sockets share. These are deferred tasks,
   free chunks of queues, receive buffers, and the memory of refused GSO
   messages.

   Tasks run when the wake-up that queued them ends; if none is under way, at
   the next idle or check step of the loop. While tasks wait, the idle handle
   keeps the loop alive and awake. It is started for the time of a wake-up as
   well: if a callback does not return (an exception, a longjmp()), the next
   uv_run() continues with what is left.

   A program may close all handles of its loop, these included. Then the record
   is lost: its sockets can only be closed, and the next socket on that loop, or
   on another loop at the same address, gets a new record. */
#ifndef DGRAM_LOOP_LOOP_H
#define DGRAM_LOOP_LOOP_H

#include "namespace.h"
#include "util/list.h"
#include "loop/bind_broker.h"
#include "loop/busy_poll.h"
#include "loop/closing.h"
#include "loop/receive_buffers.h"
#include "loop/sendq.h"
#include "loop/task.h"
#include "datapath/gso_cache.h"

#define RETRY_MS 2u    /* until a retry */
#define FRAMES_MAX 64u /* nested wake-ups whose end can be missed */

struct interface_watch;
struct lookup_cache;

struct loop {
    struct list node; /* in the list of all records */
    uv_loop_t *uv;
    unsigned references; /* sockets, lookups, a worker, an early hook */
    uv_idle_t idle;
    uv_check_t check;
    uv_timer_t timer;         /* for delayed tasks */
    uv_async_t wake;          /* gives libuv an event */
    unsigned open;            /* of these four, while they are being closed */
    struct closing closing;   /* waits for handles of others */
    struct task_queue tasks;  /* deferred and delayed */
    uint64_t timer_due;       /* milliseconds, while the timer runs */
    struct list ends;         /* tasks that wait until handles are closed */
    unsigned pending_answers; /* they keep the loop alive */
    uint64_t awake_until;     /* nanoseconds; the loop does not sleep before */
    struct busy_poll busy_poll;
    unsigned dispatching; /* wake-ups under way; more than one if a listener
                             runs the loop */
    uintptr_t frames[FRAMES_MAX]; /* where on the stack they are */
    struct list deferred_frees;   /* tasks that free what they may still read */
    struct sendq_pool pool;
    struct gso_cache gso_cache;
    uint64_t serials; /* given to sockets so far */
    struct receive_buffers_pool receive_buffers;
    struct bind_broker *broker;         /* or NULL */
    struct interface_watch *interfaces; /* NULL: nobody watches them */
    struct lookup_cache *lookups;       /* NULL: no answers are kept */
    dgram_unhandled_error_cb on_unhandled_error;
    void *on_unhandled_error_data;
    bool hook_is_early; /* no socket yet: the hook is a reference */
};

/* Returns the record of a loop, or NULL. */
struct loop *loop_find(uv_loop_t *uv);

/* Finds or creates the record of a loop and takes a reference. UV_ENOMEM. */
int loop_acquire(uv_loop_t *uv, struct loop **loop_out);
void loop_ref(struct loop *loop);
void loop_unref(struct loop *loop);

/* Whether the program has closed a handle of the record. */
bool loop_is_lost(const struct loop *loop);

/* Runs the task when no wake-up is under way that may still read what it frees:
   at once, unless wake-ups are nested. The task may not use the record. */
void loop_defer_free(struct loop *loop, struct task *task);

/* Queues a task. One that is queued already keeps its place. */
void loop_defer(struct loop *loop, struct task *task);

/* The same before the others, and the task does not keep the loop running. */
void loop_defer_unreferenced(struct loop *loop, struct task *task);

/* Queues a task after so many milliseconds. Unless it keeps the loop, the loop
   may end earlier. A task that is queued already keeps its place. */
void loop_delay(struct loop *loop, struct task *task, uint64_t delay,
                bool keeps_loop);

/* The same for RETRY_MS; the task keeps the loop. */
void loop_retry(struct loop *loop, struct task *task);

/* Changes whether a delayed task keeps the loop. */
void loop_set_keeps(struct loop *loop, struct task *task, bool keeps_loop);

/* Removes a task from the queue. Without tasks the loop may end. */
void loop_cancel(struct loop *loop, struct task *task);

/* Keeps the loop alive until an answer arrives from outside the loop. */
void loop_expect_answer(struct loop *loop);
void loop_answer_arrived(struct loop *loop);

/* Keeps the loop from sleeping for this time from now on, or lets it sleep
   again. The loop may still end. */
void loop_stay_awake(struct loop *loop, uint32_t microseconds);
void loop_sleep(struct loop *loop);

/* Runs the tasks before the wake-up ends. */
void loop_run_tasks(struct loop *loop);

/* For a task that runs: queues it again, behind those that run with it. It runs
   even if it does not return. */
void loop_run_again(struct loop *loop, struct task *task);

/* These two queue the last task of something that ends, which runs even if the
   program closes the handles of the loop: at once; or when all handles are
   closed whose closing has begun. After uv_loop_close() it waits for
   loop_settle(). */
void loop_defer_end(struct loop *loop, struct task *task);
void loop_defer_until_closed(struct loop *loop, struct task *task);

/* After uv_loop_close(), when nothing else runs tasks: runs those of
   loop_defer_end(). */
void loop_settle(struct loop *loop);

/* Around the handling of a wake-up: tasks that are queued between run at its
   end, which is passed what the beginning returned. */
unsigned loop_dispatch_begin(struct loop *loop);
void loop_dispatch_end(struct loop *loop, unsigned depth);

/* Ends a wake-up inside a task. The tasks run later, with the others. */
void loop_dispatch_end_in_task(struct loop *loop, unsigned depth);

#endif
