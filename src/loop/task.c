#include "loop/task.h"

#include "util/util.h"

void task_init(struct task *task, void (*run)(struct task *task)) {
    list_init(&task->node);
    task->run = run;
    task->due = 0;
    task->keeps_loop = false;
    task->unreferenced = false;
}

void task_queue_init(struct task_queue *queue) {
    list_init(&queue->ready);
    list_init(&queue->running);
    list_init(&queue->delayed);
}

bool task_queue_has_ready(const struct task_queue *queue) {
    if (!list_empty(&queue->running))
        return true;
    for (struct list *n = queue->ready.next; n != &queue->ready; n = n->next) {
        if (!CONTAINER_OF(n, struct task, node)->unreferenced)
            return true;
    }
    return false;
}

void task_run_first(struct list *tasks) {
    struct task *task = CONTAINER_OF(tasks->next, struct task, node);

    list_remove(&task->node);
    task->run(task);
}

void task_queue_run(struct task_queue *queue) {
    list_append_all(&queue->running, &queue->ready);
    while (!list_empty(&queue->running))
        task_run_first(&queue->running);
}

void task_queue_wake(struct task_queue *queue, uint64_t now) {
    struct list *n = queue->delayed.next;

    while (n != &queue->delayed) {
        struct task *task = CONTAINER_OF(n, struct task, node);

        n = n->next;
        if (task->due > now)
            continue;
        list_remove(&task->node);
        list_append(&queue->ready, &task->node);
        task->due = 0;
    }
}

uint64_t task_queue_due(const struct task_queue *queue, bool *keeps_loop_out) {
    uint64_t due = UINT64_MAX;

    *keeps_loop_out = false;
    for (struct list *n = queue->delayed.next; n != &queue->delayed;
         n = n->next) {
        const struct task *task = CONTAINER_OF(n, struct task, node);

        if (task->due < due)
            due = task->due;
        *keeps_loop_out |= task->keeps_loop;
    }
    return due;
}
