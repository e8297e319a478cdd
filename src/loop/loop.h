/* What the sockets of one uv_loop_t share: calls put off to the end of the
   loop's phase, free chunks, receive buffers, the memory of
   refused GSO messages.

   Work is put off as a task. Tasks run when the wake-up that queued them ends,
   else at the next idle or check step of the loop, whichever comes first. While
   there are tasks the idle handle keeps the loop alive and from sleeping. It
   does so during a wake-up, too: a callback that does not return (an exception,
   a longjmp()) leaves a loop that goes on with what is left.

   A program that closes every handle of its loop closes those of the record,
   too. Then the record is lost: its sockets can only be closed, and another
   socket on that loop, or on another loop at that address, gets a new record.
 */
#ifndef DGRAM_LOOP_LOOP_H
#define DGRAM_LOOP_LOOP_H

#include "namespace.h"
#include "util/list.h"
#include "loop/closing.h"
#include "datapath/gso_cache.h"
#include "os/platform.h"
#include "dgram_datapath.h"
#include "loop/bind_broker.h"
#include "loop/sendq.h"

#define RECEIVE_MESSAGES_MAX 32u /* kernel messages of one wake-up */
#define RECEIVE_DATAGRAMS_MAX DGRAM_BATCH_MAX

#define RETRY_MS 2u /* that retries wait */
#define FRAMES_MAX                                                             \
    64u /* nested wake-ups that can be recognized as abandoned                 \
         */

struct task {
    struct list node;
    void (*run)(struct task *task);
    uint64_t due : 63;       /* milliseconds; 0: it is not delayed */
    uint64_t keeps_loop : 1; /* the loop does not end before that */
};

/* How far the datagrams of receive buffers are delivered. */
struct delivery {
    dgram_socket *socket; /* who received them; NULL: nothing is left */
    uint32_t undelivered; /* of the datagrams, to any listener */
    uint32_t datagrams;   /* delivered to `batch` listeners */
    uint32_t delivered;   /* of these, to `message` listeners */
};

/* What the datagrams of one wake-up are received into. */
struct receive_buffers {
    struct list node; /* in the loop's list while a wake-up uses it */
    unsigned depth;   /* of that wake-up */
    struct delivery delivery;
    struct task rest; /* delivers what a listener that did not return left */
    struct loop *loop;
    dgram_buffers raw; /* the memory, for the datapath */
    dgram_message datagrams[RECEIVE_DATAGRAMS_MAX];
    _Alignas(max_align_t) unsigned char memory[RECEIVE_MESSAGES_MAX *
                                               DGRAM_BUFFER_SIZE];
};

struct loop {
    struct list node; /* in the list of all loops */
    uv_loop_t *uv;
    unsigned references; /* sockets, lookups, a worker, a hook that waits */
    uv_idle_t idle;
    uv_check_t check;
    uv_timer_t timer; /* of retries */
    uv_async_t wake;  /* gives libuv an event */
    unsigned open;    /* of the four, while they are closed */
    struct closing closing;
    struct list tasks;
    struct list running;      /* tasks whose turn it is */
    struct list delayed;      /* tasks that wait for the timer */
    uint64_t timer_due;       /* of the timer while it runs, in milliseconds */
    struct list ends;         /* tasks that wait for what is being closed */
    unsigned pending_answers; /* answers that someone else owes; they keep it
                                 alive */
    uint64_t awake_until;     /* nanoseconds; the loop does not sleep before */
    unsigned dispatching; /* wake-ups under way, which run tasks at their end;
                             more than one where a listener runs the loop */
    uintptr_t frames[FRAMES_MAX]; /* where on the stack they stand */
    struct list
        deferred_frees; /* tasks that free what such wake-ups may still read */
    struct sendq_pool pool;
    struct gso_cache gso_cache;
    uint64_t serials;                      /* given to sockets so far */
    struct receive_buffers *spare_buffers; /* or NULL */
    struct list buffers_in_use; /* by wake-ups, abandoned ones included */
    struct bind_broker *broker; /* or NULL */
    dgram_unhandled_error_cb on_unhandled_error;
    void *on_unhandled_error_data;
    bool hook_waits; /* for the first socket; until then it is a reference */
};

/* The record of a loop, or NULL. */
struct loop *loop_find(uv_loop_t *uv);

/* Finds or makes the record of a loop and takes a reference. */
int loop_acquire(uv_loop_t *uv, struct loop **loop_out);
void loop_ref(struct loop *loop);
void loop_unref(struct loop *loop);

/* Whether somebody else has closed a handle of the record. */
bool loop_is_lost(const struct loop *loop);

/* Runs the task when no wake-up is under way any more, at once if none is but
   the one that asks. It may use no reference to the loop. */
void loop_defer_free(struct loop *loop, struct task *task);

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

/* Whether a task that is put off keeps the loop from now on. */
void task_keep_loop(struct loop *loop, struct task *task, bool on);

/* Keeps the loop running while an answer is to come from elsewhere. */
void loop_expect_answer(struct loop *loop);
void loop_answer_arrived(struct loop *loop);

/* Keeps the loop from sleeping for so long from now on, or no more. It may end
   all the same. */
void loop_stay_awake(struct loop *loop, uint32_t microseconds);
void loop_sleep(struct loop *loop);

/* Runs the tasks before the wake-up ends. */
void loop_run_tasks(struct loop *loop);

/* Puts the task that runs behind the others of its turn, so that it runs once
   more though it does not return. */
void loop_run_again(struct loop *loop, struct task *task);

/* Puts off a task that runs even if somebody closes the handles of the loop:
   at once, or when all is closed whose closing has begun. On a loop that is
   closed itself it waits for loop_settle(). */
void loop_defer_end(struct loop *loop, struct task *task);
void loop_defer_until_closed(struct loop *loop, struct task *task);

/* Something ends. On a loop that is closed: runs what waits for it. */
void loop_settle(struct loop *loop);

/* Around the handling of a wake-up: tasks queued in between run at its end,
   which is given what the beginning returned. */
unsigned loop_dispatch_begin(struct loop *loop);
void loop_dispatch_end(struct loop *loop, unsigned depth);

/* The end of one inside a task: the tasks have their turn all the same. */
void loop_dispatch_leave(struct loop *loop, unsigned depth);

#endif
