#include "loop/loop.h"

#include "util/alloc.h"
#include "util/util.h"
#include "loop/loops.h"

bool loop_is_lost(const struct loop *loop) {
    return uv_is_closing((const uv_handle_t *)&loop->idle) ||
           uv_is_closing((const uv_handle_t *)&loop->check) ||
           uv_is_closing((const uv_handle_t *)&loop->timer) ||
           uv_is_closing((const uv_handle_t *)&loop->wake);
}

/* Forgets wake-ups that have not ended and never will, as a callback left them
   without returning: where they stood on the stack `here` is now, or above. */
static void forget_left(struct loop *loop, uintptr_t here) {
    while (loop->dispatching > 0 && loop->dispatching <= FRAMES_MAX &&
           loop->frames[loop->dispatching - 1] <= here)
        loop->dispatching--;
}

static void release_hook(struct loop *loop) {
    if (!loop->hook_waits)
        return;
    loop->hook_waits = false;
    loop_unref(loop);
}

/* A record whose handles are closed may be that of a loop that has ended. */
struct loop *loop_find(uv_loop_t *uv) {
    struct loop *loop = loops_find(uv);

    if (loop == NULL || !loop_is_lost(loop))
        return loop;
    loops_remove(loop);
    release_hook(loop);
    return NULL;
}

static void on_wake(uv_async_t *wake) {
    (void)wake;
}

/* libuv makes all but the first without fail. */
static int open_handles(struct loop *loop) {
    int result = uv_async_init(loop->uv, &loop->wake, on_wake);

    if (result < 0)
        return result;
    uv_unref((uv_handle_t *)&loop->wake);
    uv_idle_init(loop->uv, &loop->idle);
    uv_check_init(loop->uv, &loop->check);
    uv_timer_init(loop->uv, &loop->timer);
    uv_unref((uv_handle_t *)&loop->check);
    return 0;
}

static struct loop *create_loop(uv_loop_t *uv) {
    struct loop *loop = alloc_zeroed(sizeof(*loop));

    if (loop == NULL)
        return NULL;
    loop->uv = uv;
    list_init(&loop->tasks);
    list_init(&loop->running);
    list_init(&loop->delayed);
    list_init(&loop->ends);
    list_init(&loop->deferred_frees);
    list_init(&loop->buffers_in_use);
    sendq_pool_init(&loop->pool);
    if (open_handles(loop) < 0) {
        alloc_free(loop);
        return NULL;
    }
    loops_add(loop);
    return loop;
}

static void run_first(struct list *tasks) {
    struct task *task = CONTAINER_OF(tasks->next, struct task, node);

    list_remove(&task->node);
    task->run(task);
}

/* The rest of a turn that did not end comes first. */
void loop_run_tasks(struct loop *loop) {
    /* A task may queue itself again; that is for the next time. */
    list_append_all(&loop->running, &loop->tasks);
    while (!list_empty(&loop->running))
        run_first(&loop->running);
}

void loop_run_again(struct loop *loop, struct task *task) {
    list_append(&loop->running, &task->node);
}

static void on_check(uv_check_t *check) {
    struct loop *loop = CONTAINER_OF(check, struct loop, check);

    loop_dispatch_end(loop, loop_dispatch_begin(loop));
}

/* If a wake-up was left libuv keeps a pointer into its stack frame until it has
   had an event, and would use it when a callback closed a socket now. */
static void dispatch_before_poll(struct loop *loop) {
    if (loop->dispatching == 0) {
        loop_dispatch_end(loop, loop_dispatch_begin(loop));
    } else {
        uv_async_send(&loop->wake);
        uv_check_start(&loop->check, on_check);
    }
}

static void on_idle(uv_idle_t *idle) {
    dispatch_before_poll(CONTAINER_OF(idle, struct loop, idle));
}

static void update_timer(struct loop *loop);

static void on_timer(uv_timer_t *timer) {
    struct loop *loop = CONTAINER_OF(timer, struct loop, timer);
    struct list *n = loop->delayed.next;

    while (n != &loop->delayed) {
        struct task *task = CONTAINER_OF(n, struct task, node);

        n = n->next;
        if (task->due > uv_now(loop->uv))
            continue;
        list_remove(&task->node);
        list_append(&loop->tasks, &task->node);
        task->due = 0;
    }
    update_timer(loop);
    dispatch_before_poll(loop);
}

static void start_timer(struct loop *loop, uint64_t due) {
    uint64_t now = uv_now(loop->uv);

    loop->timer_due = due;
    uv_timer_start(&loop->timer, on_timer, due > now ? due - now : 0, 0);
}

/* The timer runs for the task that is due first, and keeps the loop for any. */
static void update_timer(struct loop *loop) {
    uv_timer_t *timer = &loop->timer;
    uint64_t due = UINT64_MAX;
    bool keeps_loop = false;

    for (struct list *n = loop->delayed.next; n != &loop->delayed;
         n = n->next) {
        const struct task *task = CONTAINER_OF(n, struct task, node);

        if (task->due < due)
            due = task->due;
        keeps_loop |= task->keeps_loop;
    }
    if (due == UINT64_MAX)
        uv_timer_stop(timer);
    else
        start_timer(loop, due);
    if (keeps_loop)
        uv_ref((uv_handle_t *)timer);
    else
        uv_unref((uv_handle_t *)timer);
}

static bool is_awake(struct loop *loop) {
    if (loop->awake_until == 0)
        return false;
    if (uv_hrtime() < loop->awake_until)
        return true;
    loop->awake_until = 0;
    return false;
}

/* It is while there are tasks, and within a wake-up. */
static bool is_armed(const struct loop *loop) {
    const uv_handle_t *idle = (const uv_handle_t *)&loop->idle;

    return uv_is_active(idle) && uv_has_ref(idle);
}

static bool has_tasks(const struct loop *loop) {
    return !list_empty(&loop->tasks) || !list_empty(&loop->running);
}

static void keep_alive(uv_handle_t *handle, bool on) {
    if (on)
        uv_ref(handle);
    else
        uv_unref(handle);
}

/* Starting what is started, and stopping what is not, does nothing. The idle
   handle keeps the loop from sleeping, and alive if there are tasks; the check
   handle alone keeps it alive. */
static void update_handles(struct loop *loop) {
    bool armed = has_tasks(loop);

    if (loop_is_lost(loop))
        return;
    keep_alive((uv_handle_t *)&loop->idle, armed);
    if (armed || is_awake(loop))
        uv_idle_start(&loop->idle, on_idle);
    else
        uv_idle_stop(&loop->idle);
    keep_alive((uv_handle_t *)&loop->check, loop->pending_answers > 0);
    if (armed || loop->pending_answers > 0)
        uv_check_start(&loop->check, on_check);
    else
        uv_check_stop(&loop->check);
}

/* ---- The end ------------------------------------------------------------ */

static void run_deferred_frees(struct loop *loop) {
    while (loop->dispatching == 0 && !list_empty(&loop->deferred_frees))
        run_first(&loop->deferred_frees);
}

static void free_receive_buffers(struct loop *loop) {
    while (!list_empty(&loop->buffers_in_use)) {
        struct receive_buffers *buffers = CONTAINER_OF(
            loop->buffers_in_use.next, struct receive_buffers, node);

        list_remove(&buffers->node);
        alloc_free(buffers);
    }
    alloc_free(loop->spare_buffers);
}

/* A wake-up that is under way in a callback that runs the loop does this at its
   end. */
static void free_if_closed(struct loop *loop) {
    if (loop->references > 0 || loop->open > 0 || loop->closing.turns > 0)
        return;
    forget_left(loop, STACK_HERE());
    run_deferred_frees(loop);
    if (loop->dispatching > 0)
        return;
    free_receive_buffers(loop);
    alloc_free(loop);
}

static void on_handle_closed(uv_handle_t *handle) {
    struct loop *loop = handle->data;

    loop->open--;
    free_if_closed(loop);
}

static void close_handle(struct loop *loop, uv_handle_t *handle) {
    handle->data = loop;
    loop->open++;
    uv_close(handle, on_handle_closed);
}

static void run_ends(struct closing *closing);

/* Makes run_ends() come, though nobody else comes any more. */
static void watch_over_ends(struct loop *loop) {
    if (!closing_is_over(loop->uv))
        closing_wait(&loop->closing, loop->uv, run_ends);
}

/* Tasks run from the idle handle, if that is still there: a callback that does
   not return from here would take what libuv closes in this turn with it. */
static void run_ends(struct closing *closing) {
    struct loop *loop = CONTAINER_OF(closing, struct loop, closing);
    unsigned depth;

    if (loop->references == 0) {
        free_if_closed(loop);
        return;
    }
    list_append_all(&loop->tasks, &loop->ends);
    if (!has_tasks(loop))
        return;
    watch_over_ends(loop);
    update_handles(loop);
    if (!loop_is_lost(loop))
        return;
    depth = loop_dispatch_begin(loop);
    loop_dispatch_end(loop, depth);
}

void loop_defer_end(struct loop *loop, struct task *task) {
    loop_defer(loop, task);
    watch_over_ends(loop);
}

void loop_defer_until_closed(struct loop *loop, struct task *task) {
    list_append(&loop->ends, &task->node);
    watch_over_ends(loop);
}

void loop_settle(struct loop *loop) {
    forget_left(loop, STACK_HERE());
    if (!closing_is_over(loop->uv))
        return;
    loop_ref(loop);
    run_ends(&loop->closing);
    loop_unref(loop);
}

static void close_handles(struct loop *loop) {
    if (loop_is_lost(loop)) {
        closing_add((uv_handle_t *)&loop->idle);
        closing_add((uv_handle_t *)&loop->check);
        closing_add((uv_handle_t *)&loop->timer);
        closing_add((uv_handle_t *)&loop->wake);
        closing_wait(&loop->closing, loop->uv, run_ends);
        return;
    }
    close_handle(loop, (uv_handle_t *)&loop->wake);
    close_handle(loop, (uv_handle_t *)&loop->idle);
    close_handle(loop, (uv_handle_t *)&loop->check);
    close_handle(loop, (uv_handle_t *)&loop->timer);
    closing_hurry(&loop->closing);
}

int loop_acquire(uv_loop_t *uv, struct loop **loop_out) {
    struct loop *loop = loop_find(uv);

    if (loop == NULL)
        loop = create_loop(uv);
    if (loop == NULL)
        return UV_ENOMEM;
    forget_left(loop, STACK_HERE());
    loop_ref(loop);
    *loop_out = loop;
    return 0;
}

void loop_ref(struct loop *loop) {
    loop->references++;
    release_hook(loop);
}

void loop_unref(struct loop *loop) {
    if (--loop->references > 0)
        return;
    loops_remove(loop);
    sendq_pool_free(&loop->pool);
    close_handles(loop);
}

void task_init(struct task *task, void (*run)(struct task *task)) {
    list_init(&task->node);
    task->run = run;
    task->due = 0;
}

/* Within a wake-up the idle handle stays started until its end. */
static void handles_changed(struct loop *loop) {
    if (loop->dispatching == 0)
        update_handles(loop);
}

void task_cancel(struct loop *loop, struct task *task) {
    bool delayed = task->due != 0;

    list_remove(&task->node);
    task->due = 0;
    if (delayed)
        update_timer(loop);
    handles_changed(loop);
}

void loop_defer(struct loop *loop, struct task *task) {
    if (!list_empty(&task->node))
        return;
    list_append(&loop->tasks, &task->node);
    if (!is_armed(loop))
        update_handles(loop);
}

void loop_delay(struct loop *loop, struct task *task, uint64_t delay,
                bool keeps_loop) {
    uv_timer_t *timer = &loop->timer;

    if (!list_empty(&task->node))
        return;
    list_append(&loop->delayed, &task->node);
    task->due = uv_now(loop->uv) + delay;
    task->keeps_loop = keeps_loop;
    if (!uv_is_active((uv_handle_t *)timer)) {
        uv_unref((uv_handle_t *)timer);
        start_timer(loop, task->due);
    } else if (task->due < loop->timer_due) {
        start_timer(loop, task->due);
    }
    if (keeps_loop)
        uv_ref((uv_handle_t *)timer);
}

void task_keep_loop(struct loop *loop, struct task *task, bool on) {
    task->keeps_loop = on;
    if (task->due != 0)
        update_timer(loop);
}

void loop_retry(struct loop *loop, struct task *task) {
    loop_delay(loop, task, RETRY_MS, true);
}

void loop_expect_answer(struct loop *loop) {
    loop->pending_answers++;
    handles_changed(loop);
}

void loop_stay_awake(struct loop *loop, uint32_t microseconds) {
    uint64_t until = uv_hrtime() + microseconds * (uint64_t)1000;

    if (until > loop->awake_until)
        loop->awake_until = until;
    handles_changed(loop);
}

void loop_sleep(struct loop *loop) {
    loop->awake_until = 0;
    handles_changed(loop);
}

void loop_answer_arrived(struct loop *loop) {
    loop->pending_answers--;
    handles_changed(loop);
}

unsigned loop_dispatch_begin(struct loop *loop) {
    uintptr_t here = STACK_HERE();
    unsigned depth;

    forget_left(loop, here);
    depth = loop->dispatching++;
    if (depth < FRAMES_MAX)
        loop->frames[depth] = here;
    if (!uv_is_closing((uv_handle_t *)&loop->idle)) {
        uv_ref((uv_handle_t *)&loop->idle);
        uv_idle_start(&loop->idle, on_idle);
    }
    return depth;
}

/* The record outlives its last reference, which a task may have given up, by a
   turn of the loop. */
void loop_dispatch_end(struct loop *loop, unsigned depth) {
    loop_run_tasks(loop);
    loop->dispatching = depth;
    run_deferred_frees(loop);
    update_handles(loop);
    free_if_closed(loop);
}

void loop_dispatch_leave(struct loop *loop, unsigned depth) {
    loop->dispatching = depth;
}

void loop_defer_free(struct loop *loop, struct task *task) {
    if (loop->dispatching > 1)
        list_append(&loop->deferred_frees, &task->node);
    else
        task->run(task);
}

int dgram_on_unhandled_error(uv_loop_t *uv, dgram_unhandled_error_cb cb,
                             void *data) {
    struct loop *loop = loop_find(uv);

    if (loop == NULL && cb == NULL)
        return 0;
    if (loop == NULL) {
        loop = create_loop(uv);
        if (loop == NULL)
            return UV_ENOMEM;
        loop->references = 1;
        loop->hook_waits = true;
    }
    loop->on_unhandled_error = cb;
    loop->on_unhandled_error_data = data;
    if (cb == NULL)
        release_hook(loop);
    return 0;
}
