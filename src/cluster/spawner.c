/* The happy way: each slot starts a child and connects it with the primary. A
   child that ends is followed by another after a pause. A restart goes from
   slot to slot: the next child starts beside the current one; when it is ready
   the current one is asked to end; when it has ended the next slot's turn
   comes.

   What can go wrong:
   - a child dies at once, again and again: the pause doubles;
   - it cannot be started: as if it had died;
   - it does not end when asked: it is killed;
   - the next child dies or is not ready in time: the current one stays, and the
     restart is over. */
#include "dgram_cluster.h"

#include <limits.h>
#include <signal.h>

#include "util/alloc.h"
#include "util/sized.h"
#include "util/util.h"
#include "cluster/child.h"
#include "cluster/signals.h"

#define WORKERS_MAX 1024u
#define LINGER_MORE_MS                                                         \
    10000u /* that a socket is kept beyond the longest pause */

struct slot {
    dgram_spawner *spawner;
    unsigned number;
    struct child *current, *next; /* or NULL */
    uv_timer_t timer;             /* until the current child is started */
    uint64_t pause_ms;            /* before the next start */
};

#define SIGNALS_APART_MS 500u

struct dgram_spawner {
    uv_loop_t *loop;
    dgram_spawner_options options;
    struct child_plan plan; /* its primary is the spawner's */
    struct slot *slots;
    unsigned rolling; /* the slot whose turn it is; `workers`: none */
    bool again;       /* a restart was asked for during another */
    bool stopping, closing;
    unsigned children;      /* that run */
    struct closing wait;    /* for handles of its own */
    unsigned handles;       /* it, the primary, and a call under way */
    uv_timer_t roll_timer;  /* begins a restart, from the loop */
    struct signals signals; /* if options.signals */
    bool signalled;         /* to stop, last at ... */
    uint64_t signal_time;   /* ms of the loop's clock */
};

static unsigned or_default(unsigned value, unsigned otherwise) {
    return value > 0 ? value : otherwise;
}

/* ---- The life of a slot ------------------------------------------------- */

static int start_child(struct slot *slot, struct child **child_out) {
    dgram_spawner *spawner = slot->spawner;
    int result = child_start(&spawner->plan, slot->number, slot, child_out);

    spawner->children += result == 0;
    return result;
}

static void on_pause_over(uv_timer_t *timer);
static void roll_on(dgram_spawner *spawner);

static void tell_started(const struct child *child) {
    const struct slot *slot = child->slot;
    dgram_spawner *spawner = slot->spawner;

    if (spawner->options.started != NULL)
        spawner->options.started(spawner, slot->number, child->process.pid,
                                 spawner->options.data);
}

static void tell_ended(struct slot *slot, int pid, int64_t status, int signal) {
    dgram_spawner *spawner = slot->spawner;

    if (spawner->options.ended != NULL)
        spawner->options.ended(spawner, slot->number, pid, status, signal,
                               spawner->options.data);
}

static void start_soon(struct slot *slot, uint64_t pause_ms) {
    uv_timer_start(&slot->timer, on_pause_over, pause_ms, 0);
}

/* One that lived for long begins anew with the shortest pause. */
static uint64_t next_pause(struct slot *slot, uint64_t lived_ms) {
    const dgram_spawner_options *options = &slot->spawner->options;
    uint64_t pause = slot->pause_ms;

    if (pause == 0 || lived_ms >= options->restart_max_ms)
        pause = options->restart_min_ms;
    slot->pause_ms = pause < options->restart_max_ms / 2
                         ? 2 * pause
                         : options->restart_max_ms;
    return pause;
}

static void start_current(struct slot *slot) {
    dgram_spawner *spawner = slot->spawner;
    int result = start_child(slot, &slot->current);

    if (result == 0) {
        tell_started(slot->current);
        return;
    }
    tell_ended(slot, 0, result, 0);
    if (!spawner->stopping)
        start_soon(slot, next_pause(slot, 0));
}

static void on_pause_over(uv_timer_t *timer) {
    struct slot *slot = CONTAINER_OF(timer, struct slot, timer);

    /* A replacement that is under way takes the place. */
    if (slot->next == NULL)
        start_current(slot);
}

/* ---- Restarting --------------------------------------------------------- */

static void on_roll(uv_timer_t *timer) {
    dgram_spawner *spawner = CONTAINER_OF(timer, dgram_spawner, roll_timer);

    if (!spawner->stopping)
        roll_on(spawner);
}

static void begin_roll(dgram_spawner *spawner) {
    spawner->rolling = 0;
    uv_timer_start(&spawner->roll_timer, on_roll, 0, 0);
}

static void roll_over(dgram_spawner *spawner, int status) {
    bool again = spawner->again;

    spawner->again = false;
    spawner->rolling = spawner->options.workers;
    if (spawner->options.restarted != NULL)
        spawner->options.restarted(spawner, status, spawner->options.data);
    /* Unless the callback has asked for it. If it has stopped all, this one is
       told of at the end. */
    if (again && spawner->rolling == spawner->options.workers)
        begin_roll(spawner);
}

static void finish_slot(dgram_spawner *spawner) {
    spawner->rolling++;
    roll_on(spawner);
}

/* Starts what the slot of this turn needs; what follows comes by events. */
static void roll_on(dgram_spawner *spawner) {
    struct slot *slot;
    int result;

    if (spawner->rolling == spawner->options.workers) {
        roll_over(spawner, 0);
        return;
    }
    slot = &spawner->slots[spawner->rolling];
    result = start_child(slot, &slot->next);
    if (result < 0) {
        tell_ended(slot, 0, result, 0);
        roll_over(spawner, UV_ECANCELED);
        return;
    }
    child_kill_later(slot->next, spawner->options.ready_ms);
    tell_started(slot->next);
}

/* The next child of a slot becomes the current one. */
static void promote(struct slot *slot) {
    uv_timer_stop(&slot->timer);
    slot->current = slot->next;
    slot->next = NULL;
    slot->pause_ms = 0;
}

/* A child shares more than before, or said that it is ready. One without a
   connection can do neither. */
static void look_at_next(struct child *child) {
    struct slot *slot = child->slot;
    struct child *current = slot->current;
    const dgram_member *other = current != NULL ? current->member : NULL;

    if (child != slot->next || child->asked || child->member == NULL ||
        !dgram_member_is_ready(child->member, other))
        return;
    child->ready = true;
    child_spare(child);
    if (current != NULL) {
        child_ask_to_end(current, slot->spawner->options.drain_ms);
        return;
    }
    promote(slot);
    finish_slot(slot->spawner);
}

/* ---- What children do --------------------------------------------------- */

static void current_ended(struct slot *slot, bool asked, uint64_t lived_ms) {
    dgram_spawner *spawner = slot->spawner;

    if (spawner->stopping)
        return;
    if (slot->next == NULL) {
        start_soon(slot, asked ? 0 : next_pause(slot, lived_ms));
    } else if (slot->next->ready) {
        promote(slot);
        finish_slot(spawner);
    } else {
        /* It died while its replacement was starting, or was asked by a restart
           that failed. */
        look_at_next(slot->next);
    }
}

static void next_ended(struct slot *slot) {
    dgram_spawner *spawner = slot->spawner;

    if (spawner->stopping)
        return;
    if (slot->current == NULL)
        start_soon(slot, next_pause(slot, 0));
    roll_over(spawner, UV_ECANCELED);
}

static void finish_if_over(dgram_spawner *spawner);

static void on_exited(struct child *child, int64_t status, int signal) {
    struct slot *slot = child->slot;
    dgram_spawner *spawner = slot->spawner;
    uint64_t lived_ms = uv_now(spawner->loop) - child->started_at;

    bool was_current = child == slot->current;

    /* The pid is nobody's any more, also for the callback. */
    if (was_current)
        slot->current = NULL;
    else
        slot->next = NULL;
    spawner->children--;
    tell_ended(slot, child->process.pid, status, signal);
    if (was_current)
        current_ended(slot, child->asked, lived_ms);
    else
        next_ended(slot);
    finish_if_over(spawner);
}

static void on_progress(dgram_primary *primary, dgram_member *member,
                        void *data) {
    (void)primary;
    (void)data;
    look_at_next(dgram_member_data(member));
}

static void on_listening(dgram_primary *primary, dgram_member *member,
                         const dgram_address *address, void *data) {
    struct child *child = dgram_member_data(member);
    const struct slot *slot = child->slot;
    dgram_spawner *spawner = data;

    (void)primary;
    if (spawner->options.listening != NULL)
        spawner->options.listening(spawner, slot->number, address,
                                   spawner->options.data);
    if (child->member != NULL)
        look_at_next(child);
}

static void on_left(dgram_primary *primary, dgram_member *member, void *data) {
    (void)primary;
    (void)data;
    child_left(dgram_member_data(member));
}

/* ---- Stopping ----------------------------------------------------------- */

/* Restarts that were under way, or asked for, when it was told to stop. */
static void tell_not_restarted(dgram_spawner *spawner) {
    const dgram_spawner_options *options = &spawner->options;
    unsigned owed = 0;

    if (spawner->rolling < options->workers)
        owed = spawner->again ? 2 : 1;
    for (; options->restarted != NULL && owed > 0; owed--)
        options->restarted(spawner, UV_ECANCELED, options->data);
}

static void free_if_closed(dgram_spawner *spawner) {
    if (spawner->handles > 0 || spawner->plan.kept > 0)
        return;
    tell_not_restarted(spawner);
    if (spawner->options.stopped != NULL)
        spawner->options.stopped(spawner, spawner->options.data);
    alloc_free(spawner->slots);
    child_plan_free(&spawner->plan);
    alloc_free(spawner);
}

static void on_child_freed(struct child_plan *plan) {
    free_if_closed(CONTAINER_OF(plan, dgram_spawner, plan));
}

static void on_closed(struct closing *wait) {
    dgram_spawner *spawner = CONTAINER_OF(wait, dgram_spawner, wait);

    spawner->handles--;
    free_if_closed(spawner);
}

static void on_primary_closed(dgram_primary *primary, void *data) {
    dgram_spawner *spawner = data;

    (void)primary;
    spawner->handles--;
    free_if_closed(spawner);
}

static void finish_if_over(dgram_spawner *spawner) {
    if (!spawner->stopping || spawner->children > 0 || spawner->closing)
        return;
    spawner->closing = true;
    for (unsigned i = 0; i < spawner->options.workers; i++)
        closing_add((uv_handle_t *)&spawner->slots[i].timer);
    if (spawner->options.signals)
        signals_close(&spawner->signals);
    closing_add((uv_handle_t *)&spawner->roll_timer);
    closing_wait(&spawner->wait, spawner->loop, on_closed);
    dgram_primary_close(spawner->plan.primary);
}

static void stop_child(dgram_spawner *spawner, struct child *child,
                       bool at_once) {
    if (child == NULL)
        return;
    if (child_is_lost(child))
        child_abandon(child);
    else if (at_once)
        child_kill(child);
    else
        child_ask_to_end(child, spawner->options.drain_ms);
}

static void abandon_lost(struct closing *wait) {
    dgram_spawner *spawner = CONTAINER_OF(wait, dgram_spawner, wait);

    for (unsigned i = 0; i < spawner->options.workers; i++) {
        struct slot *slot = &spawner->slots[i];

        if (slot->current != NULL && child_is_lost(slot->current))
            child_abandon(slot->current);
        if (slot->next != NULL && child_is_lost(slot->next))
            child_abandon(slot->next);
    }
}

void dgram_spawner_stop(dgram_spawner *spawner) {
    bool again = spawner->stopping;

    spawner->handles++;
    spawner->stopping = true;
    for (unsigned i = 0; i < spawner->options.workers && !spawner->closing;
         i++) {
        struct slot *slot = &spawner->slots[i];

        uv_timer_stop(&slot->timer);
        stop_child(spawner, slot->current, again);
        stop_child(spawner, slot->next, again);
    }
    /* Somebody may close the handles before the loop runs. */
    if (!spawner->closing && !closing_is_over(spawner->loop))
        closing_wait(&spawner->wait, spawner->loop, abandon_lost);
    finish_if_over(spawner);
    spawner->handles--;
    if (closing_is_over(spawner->loop))
        free_if_closed(spawner);
}

int dgram_spawner_restart(dgram_spawner *spawner) {
    if (spawner->stopping ||
        uv_is_closing((const uv_handle_t *)&spawner->roll_timer))
        return UV_ECANCELED;
    if (spawner->rolling < spawner->options.workers) {
        spawner->again = true;
        return 0;
    }
    begin_roll(spawner);
    return 0;
}

int dgram_spawner_pid(const dgram_spawner *spawner, unsigned worker) {
    const struct child *child = worker < spawner->options.workers
                                    ? spawner->slots[worker].current
                                    : NULL;

    return child != NULL ? child->process.pid : 0;
}

/* ---- The beginning ------------------------------------------------------ */

/* One wish may come twice: to the process and to its group, or by two signals.
   Only one that comes later is impatience. */
static void on_signal(uv_signal_t *handle, int number) {
    dgram_spawner *spawner = handle->data;
    uint64_t now = uv_now(spawner->loop);

    if (number == SIGHUP) {
        dgram_spawner_restart(spawner);
    } else if (!spawner->signalled ||
               now - spawner->signal_time >= SIGNALS_APART_MS) {
        spawner->signalled = true;
        spawner->signal_time = now;
        dgram_spawner_stop(spawner);
    }
}

static void set_defaults(dgram_spawner_options *options) {
    options->restart_min_ms = or_default(options->restart_min_ms, 100);
    options->restart_max_ms = or_default(options->restart_max_ms, 10000);
    options->drain_ms = or_default(options->drain_ms, 10000);
    options->ready_ms = or_default(options->ready_ms, 10000);
}

static void open_slots(dgram_spawner *spawner) {
    uv_timer_init(spawner->loop, &spawner->roll_timer);
    spawner->handles = 2;
    spawner->rolling = spawner->options.workers;
    for (unsigned i = 0; i < spawner->options.workers; i++) {
        struct slot *slot = &spawner->slots[i];

        slot->spawner = spawner;
        slot->number = i;
        uv_timer_init(spawner->loop, &slot->timer);
        start_soon(slot, 0);
    }
}

static int open_spawner(dgram_spawner *spawner) {
    unsigned longest_pause = spawner->options.restart_max_ms;
    dgram_primary_options options = {
        .size = sizeof(options),
        .linger_ms = longest_pause < UINT_MAX - LINGER_MORE_MS
                         ? longest_pause + LINGER_MORE_MS
                         : UINT_MAX,
        .joined = on_progress,
        .listening = on_listening,
        .ready = on_progress,
        .left = on_left,
        .closed = on_primary_closed,
        .data = spawner,
    };
    int result = child_plan_set(&spawner->plan, spawner->options.file,
                                spawner->options.args);

    if (result < 0)
        return result;
    spawner->slots =
        alloc_zeroed(spawner->options.workers * sizeof(*spawner->slots));
    result = spawner->slots == NULL
                 ? UV_ENOMEM
                 : dgram_primary_create(spawner->loop, &options,
                                        &spawner->plan.primary);
    if (result < 0) {
        alloc_free(spawner->slots);
        child_plan_free(&spawner->plan);
        return result;
    }
    open_slots(spawner);
    if (spawner->options.signals)
        signals_open(&spawner->signals, spawner->loop, on_signal, spawner);
    return 0;
}

int dgram_spawner_create(uv_loop_t *loop, const dgram_spawner_options *options,
                         dgram_spawner **spawner_out) {
    dgram_spawner_options copy;
    dgram_spawner *spawner;
    int result = SIZED_COPY(&copy, options, dgram_spawner_options, workers);

    if (result < 0)
        return result;
    if (copy.workers < 1 || copy.workers > WORKERS_MAX)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    spawner = alloc_zeroed(sizeof(*spawner));
    if (spawner == NULL)
        return UV_ENOMEM;
    spawner->loop = loop;
    spawner->plan.loop = loop;
    spawner->plan.exited = on_exited;
    spawner->plan.freed = on_child_freed;
    spawner->options = copy;
    set_defaults(&spawner->options);
    result = open_spawner(spawner);
    if (result < 0) {
        alloc_free(spawner);
        return result;
    }
    *spawner_out = spawner;
    return 0;
}
