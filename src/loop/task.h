/* Tasks: functions that run later, on the loop. A queue of tasks is passed the
   time and uses no libuv handle. loop.c runs it. */
#ifndef DGRAM_LOOP_TASK_H
#define DGRAM_LOOP_TASK_H

#include "namespace.h"

#include <stdint.h>

#include "util/list.h"

struct task {
    struct list node; /* in one list of a queue, or of a loop */
    void (*run)(struct task *task);
    uint64_t due : 62;         /* milliseconds; 0: it is not delayed */
    uint64_t keeps_loop : 1;   /* the loop does not end before it is due */
    uint64_t unreferenced : 1; /* it keeps no loop running */
};

struct task_queue {
    struct list ready;   /* run next */
    struct list running; /* run now; not empty if a task did not return */
    struct list delayed; /* until they are due */
};

void task_init(struct task *task, void (*run)(struct task *task));

static inline bool task_is_queued(const struct task *task) {
    return !list_empty(&task->node);
}

void task_queue_init(struct task_queue *queue);

/* Whether any task is to run. Delayed and unreferenced ones do not count. */
bool task_queue_has_ready(const struct task_queue *queue);

/* Runs the tasks that are ready now, and first those that were ready before a
   task that did not return. A task that a task makes ready is for the next
   call. */
void task_queue_run(struct task_queue *queue);

/* Makes the delayed tasks ready that are due. */
void task_queue_wake(struct task_queue *queue, uint64_t now);

/* Returns when the first delayed task is due; UINT64_MAX: there is none. Sets
 *keeps_loop_out if any of them keeps the loop. */
uint64_t task_queue_due(const struct task_queue *queue, bool *keeps_loop_out);

/* Removes the first task of any list, and runs it. */
void task_run_first(struct list *tasks);

#endif
