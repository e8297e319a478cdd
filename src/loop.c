#include "loop.h"

#include "base/alloc.h"
#include "base/util.h"

/* Closing libuv handles takes a turn of the loop, in which new sockets may be
   made; so they are a thing of their own, which outlives the reference. */
struct loop_handles {
    uv_idle_t idle;
    uv_check_t check;
    uv_timer_t timer;  /* of delayed tasks */
    struct loop *loop; /* NULL when closing */
    unsigned open;
};

static struct list all_loops = {&all_loops, &all_loops};
static uv_mutex_t all_loops_lock;
static uv_once_t all_loops_once = UV_ONCE_INIT;

static void init_lock(void) {
    /* Only fails without memory, at the very start of a program. */
    if (uv_mutex_init(&all_loops_lock) != 0)
        list_init(&all_loops);
}

struct loop *loop_find(uv_loop_t *uv) {
    struct loop *found = NULL;

    uv_once(&all_loops_once, init_lock);
    uv_mutex_lock(&all_loops_lock);
    for (struct list *n = all_loops.next; n != &all_loops; n = n->next) {
        struct loop *loop = CONTAINER_OF(n, struct loop, node);
        if (loop->uv == uv) {
            found = loop;
            break;
        }
    }
    uv_mutex_unlock(&all_loops_lock);
    return found;
}

static struct loop *create_loop(uv_loop_t *uv) {
    struct loop *loop = alloc_zeroed(sizeof(*loop));

    if (loop == NULL)
        return NULL;
    loop->uv = uv;
    list_init(&loop->tasks);
    list_init(&loop->delayed);
    list_init(&loop->dead);
    sendq_pool_init(&loop->pool);
    uv_mutex_lock(&all_loops_lock);
    list_append(&all_loops, &loop->node);
    uv_mutex_unlock(&all_loops_lock);
    return loop;
}

static void free_loop_if_unused(struct loop *loop) {
    if (loop->references > 0 || loop->unheard != NULL)
        return;
    uv_mutex_lock(&all_loops_lock);
    list_remove(&loop->node);
    uv_mutex_unlock(&all_loops_lock);
    alloc_free(loop);
}

static void run_first(struct list *tasks) {
    struct task *task = CONTAINER_OF(tasks->next, struct task, node);

    list_remove(&task->node);
    task->run(task);
}

void loop_run_tasks(struct loop *loop) {
    size_t left = 0;

    for (struct list *n = loop->tasks.next; n != &loop->tasks; n = n->next)
        left++;
    /* A task may queue itself again; that is for the next time. */
    while (left-- > 0 && !list_empty(&loop->tasks))
        run_first(&loop->tasks);
}

static void on_idle(uv_idle_t *idle) {
    struct loop_handles *handles = idle->data;

    loop_dispatch_begin(handles->loop);
    loop_dispatch_end(handles->loop);
}

static void on_check(uv_check_t *check) {
    struct loop_handles *handles = check->data;

    loop_dispatch_begin(handles->loop);
    loop_dispatch_end(handles->loop);
}

static void update_timer(struct loop *loop);

static void on_timer(uv_timer_t *timer) {
    struct loop_handles *handles = timer->data;
    struct loop *loop = handles->loop;
    struct list *n = loop->delayed.next;

    loop_dispatch_begin(loop);
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
    loop_dispatch_end(loop);
}

static void start_timer(struct loop *loop, uint64_t due) {
    uint64_t now = uv_now(loop->uv);

    loop->timer_due = due;
    uv_timer_start(&loop->handles->timer, on_timer, due > now ? due - now : 0,
                   0);
}

/* The timer runs for the task that is due first, and keeps the loop for any. */
static void update_timer(struct loop *loop) {
    uv_timer_t *timer = &loop->handles->timer;
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

/* Starting what is started, and stopping what is not, does nothing. The idle
   handle keeps the loop from sleeping; the check handle alone keeps it alive.
 */
static void update_handles(struct loop *loop) {
    struct loop_handles *handles = loop->handles;
    bool armed = !list_empty(&loop->tasks);

    if (armed || is_awake(loop))
        uv_idle_start(&handles->idle, on_idle);
    else
        uv_idle_stop(&handles->idle);
    if (armed || loop->holds > 0)
        uv_check_start(&handles->check, on_check);
    else
        uv_check_stop(&handles->check);
    if (loop->holds > 0)
        uv_ref((uv_handle_t *)&handles->check);
    else
        uv_unref((uv_handle_t *)&handles->check);
}

static int open_handles(struct loop *loop) {
    struct loop_handles *handles = alloc_zeroed(sizeof(*handles));

    if (handles == NULL)
        return UV_ENOMEM;
    handles->loop = loop;
    handles->open = 3;
    /* None can fail. */
    uv_idle_init(loop->uv, &handles->idle);
    uv_check_init(loop->uv, &handles->check);
    uv_timer_init(loop->uv, &handles->timer);
    uv_unref((uv_handle_t *)&handles->check);
    handles->idle.data = handles;
    handles->check.data = handles;
    handles->timer.data = handles;
    loop->handles = handles;
    return 0;
}

static void on_handle_closed(uv_handle_t *handle) {
    struct loop_handles *handles = handle->data;

    if (--handles->open == 0)
        alloc_free(handles);
}

static void close_handles(struct loop *loop) {
    struct loop_handles *handles = loop->handles;

    loop->handles = NULL;
    handles->loop = NULL;
    uv_close((uv_handle_t *)&handles->idle, on_handle_closed);
    uv_close((uv_handle_t *)&handles->check, on_handle_closed);
    uv_close((uv_handle_t *)&handles->timer, on_handle_closed);
}

int loop_acquire(uv_loop_t *uv, struct loop **loop_out) {
    struct loop *loop = loop_find(uv);

    if (loop == NULL)
        loop = create_loop(uv);
    if (loop == NULL)
        return UV_ENOMEM;
    if (loop->references == 0 && open_handles(loop) < 0) {
        free_loop_if_unused(loop);
        return UV_ENOMEM;
    }
    loop->references++;
    *loop_out = loop;
    return 0;
}

void loop_release(struct loop *loop) {
    if (--loop->references > 0)
        return;
    close_handles(loop);
    sendq_pool_free(&loop->pool);
    alloc_free(loop->arena);
    alloc_free(loop->batch);
    loop->arena = NULL;
    loop->batch = NULL;
    free_loop_if_unused(loop);
}

static struct arena *new_arena(void) {
    struct arena *arena = alloc_bytes(sizeof(*arena));

    if (arena == NULL)
        return NULL;
    for (unsigned i = 0; i < RECEIVE_MESSAGES_MAX; i++)
        arena->messages[i] = (struct platform_in){
            .room = arena->rooms[i], .room_size = RECEIVE_ROOM_SIZE};
    return arena;
}

int loop_need_buffers(struct loop *loop) {
    if (loop->batch == NULL)
        loop->batch = alloc_bytes(sizeof(*loop->batch));
    if (loop->arena == NULL)
        loop->arena = new_arena();
    return loop->batch != NULL && loop->arena != NULL ? 0 : UV_ENOMEM;
}

struct arena *loop_take_arena(struct loop *loop) {
    struct arena *arena = loop->arena;

    loop->arena = NULL;
    return arena != NULL ? arena : new_arena();
}

void loop_give_arena(struct loop *loop, struct arena *arena) {
    if (loop->arena == NULL)
        loop->arena = arena;
    else
        alloc_free(arena);
}

void task_init(struct task *task, void (*run)(struct task *task)) {
    list_init(&task->node);
    task->run = run;
    task->due = 0;
}

void task_cancel(struct loop *loop, struct task *task) {
    bool delayed = task->due != 0;

    list_remove(&task->node);
    task->due = 0;
    if (delayed)
        update_timer(loop);
    if (loop->dispatching == 0)
        update_handles(loop);
}

void loop_defer(struct loop *loop, struct task *task) {
    if (!list_empty(&task->node))
        return;
    list_append(&loop->tasks, &task->node);
    update_handles(loop);
}

void loop_delay(struct loop *loop, struct task *task, uint64_t delay,
                bool keeps_loop) {
    uv_timer_t *timer = &loop->handles->timer;

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

void loop_retry(struct loop *loop, struct task *task) {
    loop_delay(loop, task, RETRY_MS, true);
}

void loop_hold(struct loop *loop) {
    loop->holds++;
    update_handles(loop);
}

void loop_stay_awake(struct loop *loop, uint32_t microseconds) {
    uint64_t until = uv_hrtime() + microseconds * (uint64_t)1000;

    if (until > loop->awake_until)
        loop->awake_until = until;
    update_handles(loop);
}

void loop_let_go(struct loop *loop) {
    loop->holds--;
    update_handles(loop);
}

void loop_dispatch_begin(struct loop *loop) {
    loop->references++;
    loop->dispatching++;
}

void loop_dispatch_end(struct loop *loop) {
    loop_run_tasks(loop);
    loop->dispatching--;
    while (loop->dispatching == 0 && !list_empty(&loop->dead))
        run_first(&loop->dead);
    update_handles(loop);
    loop_release(loop);
}

void loop_bury(struct loop *loop, struct task *task) {
    if (loop->dispatching > 1)
        list_append(&loop->dead, &task->node);
    else
        task->run(task);
}

int dgram_on_unheard(uv_loop_t *uv, dgram_unheard_cb cb, void *data) {
    struct loop *loop = loop_find(uv);

    if (loop == NULL && cb != NULL)
        loop = create_loop(uv);
    if (loop == NULL)
        return cb == NULL ? 0 : UV_ENOMEM;
    loop->unheard = cb;
    loop->unheard_data = data;
    free_loop_if_unused(loop);
    return 0;
}
