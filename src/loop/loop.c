#include "loop/loop.h"

#include "util/alloc.h"
#include "util/util.h"
#include "loop/lookup_cache.h"
#include "loop/loops.h"

bool loop_is_lost(const struct loop *loop) {
    return uv_is_closing((const uv_handle_t *)&loop->idle) ||
           uv_is_closing((const uv_handle_t *)&loop->check) ||
           uv_is_closing((const uv_handle_t *)&loop->timer) ||
           uv_is_closing((const uv_handle_t *)&loop->wake);
}

/* Discards wake-ups that were abandoned because a callback did not return:
   their stack frames are at or below `here`. */
static void forget_abandoned(struct loop *loop, uintptr_t here) {
    while (loop->dispatching > 0 && loop->dispatching <= FRAMES_MAX &&
           loop->frames[loop->dispatching - 1] <= here)
        loop->dispatching--;
}

static void release_hook(struct loop *loop) {
    if (!loop->hook_is_early)
        return;
    loop->hook_is_early = false;
    loop_unref(loop);
}

/* A lost record may belong to a loop that was at the same address before. */
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

/* Only uv_async_init() can fail. */
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
    task_queue_init(&loop->tasks);
    list_init(&loop->ends);
    list_init(&loop->deferred_frees);
    receive_buffers_init(&loop->receive_buffers);
    sendq_pool_init(&loop->pool);
    if (open_handles(loop) < 0) {
        alloc_free(loop);
        return NULL;
    }
    loops_add(loop);
    return loop;
}

void loop_run_tasks(struct loop *loop) {
    task_queue_run(&loop->tasks);
}

void loop_run_again(struct loop *loop, struct task *task) {
    list_append(&loop->tasks.running, &task->node);
}

static void on_check(uv_check_t *check) {
    struct loop *loop = CONTAINER_OF(check, struct loop, check);

    loop_dispatch_end(loop, loop_dispatch_begin(loop));
}

/* If a wake-up was abandoned, libuv keeps a pointer into the abandoned stack
   frame, and uses it when a handle is closed, until it polls again. So an event
   makes it poll, and the tasks run after that. */
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

    task_queue_wake(&loop->tasks, uv_now(loop->uv));
    update_timer(loop);
    dispatch_before_poll(loop);
}

static void keep_alive(uv_handle_t *handle, bool on) {
    if (on)
        uv_ref(handle);
    else
        uv_unref(handle);
}

static void start_timer(struct loop *loop, uint64_t due) {
    uint64_t now = uv_now(loop->uv);

    loop->timer_due = due;
    uv_timer_start(&loop->timer, on_timer, due > now ? due - now : 0, 0);
}

/* The timer is set for the task that is due first. It keeps the loop alive if
   any delayed task does. */
static void update_timer(struct loop *loop) {
    uv_timer_t *timer = &loop->timer;
    bool keeps_loop;
    uint64_t due = task_queue_due(&loop->tasks, &keeps_loop);

    if (due == UINT64_MAX)
        uv_timer_stop(timer);
    else
        start_timer(loop, due);
    keep_alive((uv_handle_t *)timer, keeps_loop);
}

static bool is_kept_awake(struct loop *loop) {
    if (loop->awake_until == 0)
        return false;
    if (uv_hrtime() < loop->awake_until)
        return true;
    loop->awake_until = 0;
    return false;
}

/* Whether the loop will run tasks: while any wait, and during a wake-up. */
static bool is_armed(const struct loop *loop) {
    const uv_handle_t *idle = (const uv_handle_t *)&loop->idle;

    return uv_is_active(idle) && uv_has_ref(idle);
}

/* Starting a started handle and stopping a stopped one does nothing. The idle
   handle keeps the loop from sleeping, and alive if there are tasks. The check
   handle only keeps it alive. */
static void update_handles(struct loop *loop) {
    bool armed = task_queue_has_ready(&loop->tasks);

    if (loop_is_lost(loop))
        return;
    keep_alive((uv_handle_t *)&loop->idle, armed);
    if (armed || !list_empty(&loop->tasks.ready) || is_kept_awake(loop))
        uv_idle_start(&loop->idle, on_idle);
    else
        uv_idle_stop(&loop->idle);
    keep_alive((uv_handle_t *)&loop->check, loop->pending_answers > 0);
    if (armed || loop->pending_answers > 0)
        uv_check_start(&loop->check, on_check);
    else
        uv_check_stop(&loop->check);
}

/* ---- The end of a record ------------------------------------------------ */

static void run_deferred_frees(struct loop *loop) {
    while (loop->dispatching == 0 && !list_empty(&loop->deferred_frees))
        task_run_first(&loop->deferred_frees);
}

/* If a wake-up is under way, because a callback runs the loop, its end calls
   this again. */
static void free_if_closed(struct loop *loop) {
    if (loop->references > 0 || loop->open > 0 ||
        closing_is_waiting(&loop->closing))
        return;
    forget_abandoned(loop, STACK_HERE());
    run_deferred_frees(loop);
    if (loop->dispatching > 0)
        return;
    receive_buffers_free(&loop->receive_buffers);
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

/* Makes libuv call run_ends(), in case nothing else runs tasks. */
static void ensure_ends_run(struct loop *loop) {
    if (!closing_is_over(loop->uv))
        closing_wait(&loop->closing, loop->uv, run_ends);
}

/* The idle handle runs the tasks, if it is not closed: if a callback did not
   return from here, libuv would never close the other handles of this
   iteration.
 */
static void run_ends(struct closing *closing) {
    struct loop *loop = CONTAINER_OF(closing, struct loop, closing);
    unsigned depth;

    if (loop->references == 0) {
        free_if_closed(loop);
        return;
    }
    list_append_all(&loop->tasks.ready, &loop->ends);
    if (!task_queue_has_ready(&loop->tasks))
        return;
    ensure_ends_run(loop);
    update_handles(loop);
    if (!loop_is_lost(loop))
        return;
    depth = loop_dispatch_begin(loop);
    loop_dispatch_end(loop, depth);
}

void loop_defer_end(struct loop *loop, struct task *task) {
    loop_defer(loop, task);
    ensure_ends_run(loop);
}

void loop_defer_until_closed(struct loop *loop, struct task *task) {
    list_append(&loop->ends, &task->node);
    ensure_ends_run(loop);
}

void loop_settle(struct loop *loop) {
    forget_abandoned(loop, STACK_HERE());
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
    forget_abandoned(loop, STACK_HERE());
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
    lookup_cache_free(loop);
    close_handles(loop);
}

/* During a wake-up, its end updates the handles. */
static void handles_changed(struct loop *loop) {
    if (loop->dispatching == 0)
        update_handles(loop);
}

void loop_cancel(struct loop *loop, struct task *task) {
    bool delayed = task->due != 0;

    list_remove(&task->node);
    task->due = 0;
    if (delayed)
        update_timer(loop);
    handles_changed(loop);
}

void loop_defer(struct loop *loop, struct task *task) {
    if (task_is_queued(task) && !task->unreferenced)
        return;
    task->unreferenced = false;
    if (!task_is_queued(task))
        list_append(&loop->tasks.ready, &task->node);
    if (!is_armed(loop))
        update_handles(loop);
}

void loop_defer_unreferenced(struct loop *loop, struct task *task) {
    if (task_is_queued(task))
        return;
    task->unreferenced = true;
    list_append(&loop->tasks.ready, &task->node);
    update_handles(loop);
}

void loop_delay(struct loop *loop, struct task *task, uint64_t delay,
                bool keeps_loop) {
    uv_timer_t *timer = &loop->timer;

    if (task_is_queued(task))
        return;
    list_append(&loop->tasks.delayed, &task->node);
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

void loop_set_keeps(struct loop *loop, struct task *task, bool keeps_loop) {
    task->keeps_loop = keeps_loop;
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

    forget_abandoned(loop, here);
    depth = loop->dispatching++;
    if (depth < FRAMES_MAX)
        loop->frames[depth] = here;
    if (!uv_is_closing((uv_handle_t *)&loop->idle)) {
        uv_ref((uv_handle_t *)&loop->idle);
        uv_idle_start(&loop->idle, on_idle);
    }
    return depth;
}

/* A task may release the last reference: the record is freed one loop iteration
   later. */
void loop_dispatch_end(struct loop *loop, unsigned depth) {
    loop_run_tasks(loop);
    loop->dispatching = depth;
    run_deferred_frees(loop);
    update_handles(loop);
    free_if_closed(loop);
}

void loop_dispatch_end_in_task(struct loop *loop, unsigned depth) {
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
        loop->hook_is_early = true;
    }
    loop->on_unhandled_error = cb;
    loop->on_unhandled_error_data = data;
    if (cb == NULL)
        release_hook(loop);
    return 0;
}
