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

#include <signal.h>
#include <string.h>

#include "base/alloc.h"
#include "base/util.h"
#include "platform/platform.h"
#include "share/environment.h"

#define WORKERS_MAX 1024u
#define LINGER_MORE_MS                                                         \
    10000u /* that a socket is kept beyond the longest pause */

struct slot;

/* One process. */
struct child {
    uv_process_t process;
    uv_timer_t timer; /* until it is killed */
    struct slot *slot;
    dgram_member *member; /* NULL: not connected any more */
    uint64_t started_at;  /* of uv_now() */
    unsigned handles;     /* to be closed before the memory goes */
    bool asked;           /* to end */
};

struct slot {
    dgram_spawner *spawner;
    unsigned number;
    struct child *current, *next; /* or NULL */
    uv_timer_t timer;             /* until the current child is started */
    uint64_t pause_ms;            /* before the next start */
};

static const int watched_signals[] = {SIGTERM, SIGINT, SIGHUP};
#define SIGNALS ARRAY_SIZE(watched_signals)

struct dgram_spawner {
    uv_loop_t *loop;
    dgram_spawner_options options; /* file and args are copies */
    dgram_primary *primary;
    struct slot *slots;
    unsigned rolling; /* the slot whose turn it is; `workers`: none */
    bool again;       /* a restart was asked for during another */
    bool stopping, closing;
    unsigned children;
    unsigned handles;      /* to be closed before the memory goes */
    uv_timer_t roll_timer; /* begins a restart, from the loop */
    uv_signal_t signals[SIGNALS];
};

static unsigned or_default(unsigned value, unsigned otherwise) {
    return value > 0 ? value : otherwise;
}

/* ---- Starting a child --------------------------------------------------- */

static void on_exit_of_child(uv_process_t *process, int64_t status, int signal);

static int spawn(struct child *child, char **env, int control_fd) {
    dgram_spawner *spawner = child->slot->spawner;
    uv_stdio_container_t streams[CONTROL_FD + 1];
    uv_process_options_t options = {
        .exit_cb = on_exit_of_child,
        .file = spawner->options.file,
        .stdio_count = CONTROL_FD + 1,
        .stdio = streams,
    };

    for (int i = 0; i <= CONTROL_FD; i++) {
        streams[i].flags = UV_INHERIT_FD;
        streams[i].data.fd = i < CONTROL_FD ? i : control_fd;
    }
    /* The members are not const, though they are only read. */
    options.args = (char **)(uintptr_t)spawner->options.args;
    options.env = env;
    return uv_spawn(spawner->loop, &child->process, &options);
}

static void free_if_closed(dgram_spawner *spawner) {
    if (--spawner->handles > 0)
        return;
    if (spawner->options.stopped != NULL)
        spawner->options.stopped(spawner, spawner->options.data);
    alloc_free(spawner->slots);
    alloc_free((void *)(uintptr_t)spawner->options.args);
    alloc_free(spawner);
}

static void child_handle_closed(struct child *child) {
    dgram_spawner *spawner = child->slot->spawner;

    if (--child->handles > 0)
        return;
    alloc_free(child);
    free_if_closed(spawner);
}

static void on_process_closed(uv_handle_t *handle) {
    child_handle_closed(
        CONTAINER_OF((uv_process_t *)handle, struct child, process));
}

static void on_child_timer_closed(uv_handle_t *handle) {
    child_handle_closed(
        CONTAINER_OF((uv_timer_t *)handle, struct child, timer));
}

static void close_child(struct child *child) {
    uv_close((uv_handle_t *)&child->process, on_process_closed);
    uv_close((uv_handle_t *)&child->timer, on_child_timer_closed);
}

/* Connects and spawns. A process that could not be spawned leaves its memory to
   the loop. */
static int start_with(struct slot *slot, char **env, struct child **child_out) {
    dgram_spawner *spawner = slot->spawner;
    struct child *child = alloc_zeroed(sizeof(*child));
    int fd, result;

    if (child == NULL)
        return UV_ENOMEM;
    child->slot = slot;
    result = dgram_primary_add(spawner->primary, child, &child->member, &fd);
    if (result < 0) {
        alloc_free(child);
        return result;
    }
    child->started_at = uv_now(spawner->loop);
    child->handles = 2;
    spawner->handles++;
    uv_timer_init(spawner->loop, &child->timer);
    result = spawn(child, env, fd);
    platform->close(fd);
    if (result < 0) {
        dgram_member_end(child->member);
        close_child(child);
        return result;
    }
    spawner->children++;
    *child_out = child;
    return 0;
}

/* The child of a slot, or a code. */
static int start_child(struct slot *slot, struct child **child_out) {
    char **env = environment_make(slot->number);
    int result = env != NULL ? start_with(slot, env, child_out) : UV_ENOMEM;

    alloc_free(env);
    return result;
}

/* ---- The life of a slot ------------------------------------------------- */

static void on_pause_over(uv_timer_t *timer);
static void roll_on(dgram_spawner *spawner);

static void tell_started(const struct child *child) {
    dgram_spawner *spawner = child->slot->spawner;

    if (spawner->options.started != NULL)
        spawner->options.started(spawner, child->slot->number,
                                 child->process.pid, spawner->options.data);
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
    slot->pause_ms = min_size(2 * pause, options->restart_max_ms);
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

static void kill_child(struct child *child) {
    uv_process_kill(&child->process, SIGKILL);
}

static void on_kill(uv_timer_t *timer) {
    kill_child(CONTAINER_OF(timer, struct child, timer));
}

/* One that did not join has not got our messages, but the signal. */
static void ask_to_end(struct child *child) {
    dgram_spawner *spawner = child->slot->spawner;

    if (child->asked)
        return;
    child->asked = true;
    if (child->member == NULL || !dgram_member_is_ready(child->member, NULL) ||
        dgram_member_stop(child->member) < 0)
        uv_process_kill(&child->process, SIGTERM);
    uv_timer_start(&child->timer, on_kill, spawner->options.drain_ms, 0);
}

/* ---- Restarting --------------------------------------------------------- */

static void roll_over(dgram_spawner *spawner, int status) {
    bool again = spawner->again;

    spawner->again = false;
    spawner->rolling = spawner->options.workers;
    if (spawner->options.restarted != NULL)
        spawner->options.restarted(spawner, status, spawner->options.data);
    /* Unless the callback has asked for it. */
    if (again && spawner->rolling == spawner->options.workers)
        dgram_spawner_restart(spawner);
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
    uv_timer_start(&slot->next->timer, on_kill, spawner->options.ready_ms, 0);
    tell_started(slot->next);
}

/* The next child of a slot becomes the current one. */
static void promote(struct slot *slot) {
    uv_timer_stop(&slot->timer);
    slot->current = slot->next;
    slot->next = NULL;
    slot->pause_ms = 0;
}

/* A child shares more than before, or said that it is ready. */
static void look_at_next(struct child *child) {
    struct slot *slot = child->slot;
    struct child *current = slot->current;
    const dgram_member *other = current != NULL ? current->member : NULL;

    if (child != slot->next || child->asked ||
        !dgram_member_is_ready(child->member, other))
        return;
    uv_timer_stop(&child->timer);
    if (current != NULL) {
        ask_to_end(current);
        return;
    }
    promote(slot);
    finish_slot(slot->spawner);
}

/* ---- What children do --------------------------------------------------- */

static void current_ended(struct slot *slot, uint64_t lived_ms) {
    dgram_spawner *spawner = slot->spawner;
    bool asked = slot->current->asked;

    slot->current = NULL;
    if (spawner->stopping)
        return;
    if (slot->next == NULL) {
        start_soon(slot, asked ? 0 : next_pause(slot, lived_ms));
    } else if (asked) {
        promote(slot);
        finish_slot(spawner);
    } else {
        /* It died while its replacement was starting. */
        look_at_next(slot->next);
    }
}

static void next_ended(struct slot *slot) {
    dgram_spawner *spawner = slot->spawner;

    slot->next = NULL;
    if (spawner->stopping)
        return;
    if (slot->current == NULL)
        start_soon(slot, next_pause(slot, 0));
    roll_over(spawner, UV_ECANCELED);
}

static void finish_if_over(dgram_spawner *spawner);

static void on_exit_of_child(uv_process_t *process, int64_t status,
                             int signal) {
    struct child *child = CONTAINER_OF(process, struct child, process);
    struct slot *slot = child->slot;
    dgram_spawner *spawner = slot->spawner;
    uint64_t lived_ms = uv_now(spawner->loop) - child->started_at;

    if (child->member != NULL)
        dgram_member_end(child->member);
    child->member = NULL;
    spawner->children--;
    tell_ended(slot, process->pid, status, signal);
    close_child(child);
    if (child == slot->current)
        current_ended(slot, lived_ms);
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
    dgram_spawner *spawner = data;

    (void)primary;
    if (spawner->options.listening != NULL)
        spawner->options.listening(spawner, child->slot->number, address,
                                   spawner->options.data);
    if (child->member != NULL)
        look_at_next(child);
}

static void on_left(dgram_primary *primary, dgram_member *member, void *data) {
    struct child *child = dgram_member_data(member);

    (void)primary;
    (void)data;
    child->member = NULL;
}

/* ---- Stopping ----------------------------------------------------------- */

static void on_closed(uv_handle_t *handle) {
    free_if_closed(handle->data);
}

static void on_primary_closed(dgram_primary *primary, void *data) {
    (void)primary;
    free_if_closed(data);
}

static void finish_if_over(dgram_spawner *spawner) {
    if (!spawner->stopping || spawner->children > 0 || spawner->closing)
        return;
    spawner->closing = true;
    for (unsigned i = 0; i < spawner->options.workers; i++)
        uv_close((uv_handle_t *)&spawner->slots[i].timer, on_closed);
    for (size_t i = 0; spawner->options.signals && i < SIGNALS; i++)
        uv_close((uv_handle_t *)&spawner->signals[i], on_closed);
    uv_close((uv_handle_t *)&spawner->roll_timer, on_closed);
    dgram_primary_close(spawner->primary);
}

static void stop_child(struct child *child, bool at_once) {
    if (child == NULL)
        return;
    if (at_once)
        kill_child(child);
    else
        ask_to_end(child);
}

void dgram_spawner_stop(dgram_spawner *spawner) {
    bool again = spawner->stopping;

    spawner->stopping = true;
    for (unsigned i = 0; i < spawner->options.workers && !spawner->closing;
         i++) {
        struct slot *slot = &spawner->slots[i];

        uv_timer_stop(&slot->timer);
        stop_child(slot->current, again);
        stop_child(slot->next, again);
    }
    finish_if_over(spawner);
}

static void on_roll(uv_timer_t *timer) {
    dgram_spawner *spawner = CONTAINER_OF(timer, dgram_spawner, roll_timer);

    if (!spawner->stopping)
        roll_on(spawner);
}

int dgram_spawner_restart(dgram_spawner *spawner) {
    if (spawner->stopping)
        return UV_ECANCELED;
    if (spawner->rolling < spawner->options.workers) {
        spawner->again = true;
        return 0;
    }
    spawner->rolling = 0;
    uv_timer_start(&spawner->roll_timer, on_roll, 0, 0);
    return 0;
}

int dgram_spawner_pid(const dgram_spawner *spawner, unsigned worker) {
    const struct child *child = worker < spawner->options.workers
                                    ? spawner->slots[worker].current
                                    : NULL;

    return child != NULL ? child->process.pid : 0;
}

/* ---- The beginning ------------------------------------------------------ */

static void on_signal(uv_signal_t *handle, int number) {
    dgram_spawner *spawner = handle->data;

    if (number == SIGHUP)
        dgram_spawner_restart(spawner);
    else
        dgram_spawner_stop(spawner);
}

static size_t size_of_texts(const char *file, const char *const *args,
                            size_t count) {
    size_t size = strlen(file) + 1 + (count + 2) * sizeof(char *);

    for (size_t i = 0; i < count; i++)
        size += strlen(args[i]) + 1;
    return size;
}

static const char *copy_text(const char *text, char **at) {
    size_t size = strlen(text) + 1;
    char *copy = *at;

    memcpy(copy, text, size);
    *at += size;
    return copy;
}

/* File and arguments in one piece of memory, which options->args points to. */
static int copy_texts(dgram_spawner_options *options) {
    const char *const *args = options->args;
    const char *file = options->file;
    char program[4096];
    size_t size = sizeof(program), count = 0;
    const char **copies;
    char *at;

    if (file == NULL && uv_exepath(program, &size) < 0)
        return UV_ENOENT;
    if (file == NULL)
        file = program;
    while (args != NULL && args[count] != NULL)
        count++;
    copies = alloc_bytes(size_of_texts(file, args, count));
    if (copies == NULL)
        return UV_ENOMEM;
    at = (char *)(copies + count + 2);
    options->file = copy_text(file, &at);
    copies[0] = options->file;
    for (size_t i = 0; i < count; i++)
        copies[i] = copy_text(args[i], &at);
    copies[count > 0 ? count : 1] = NULL;
    options->args = copies;
    return 0;
}

static void set_defaults(dgram_spawner_options *options) {
    options->restart_min_ms = or_default(options->restart_min_ms, 100);
    options->restart_max_ms = or_default(options->restart_max_ms, 10000);
    options->drain_ms = or_default(options->drain_ms, 10000);
    options->ready_ms = or_default(options->ready_ms, 10000);
}

static void open_signals(dgram_spawner *spawner) {
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_t *handle = &spawner->signals[i];

        uv_signal_init(spawner->loop, handle);
        handle->data = spawner;
        uv_signal_start(handle, on_signal, watched_signals[i]);
        uv_unref((uv_handle_t *)handle);
        spawner->handles++;
    }
}

static void open_slots(dgram_spawner *spawner) {
    uv_timer_init(spawner->loop, &spawner->roll_timer);
    spawner->roll_timer.data = spawner;
    spawner->handles = spawner->options.workers + 2; /* it, and the primary */
    spawner->rolling = spawner->options.workers;
    for (unsigned i = 0; i < spawner->options.workers; i++) {
        struct slot *slot = &spawner->slots[i];

        slot->spawner = spawner;
        slot->number = i;
        uv_timer_init(spawner->loop, &slot->timer);
        slot->timer.data = spawner;
        start_soon(slot, 0);
    }
}

static int open_spawner(dgram_spawner *spawner) {
    dgram_primary_options options = {
        .size = sizeof(options),
        .linger_ms = spawner->options.restart_max_ms + LINGER_MORE_MS,
        .joined = on_progress,
        .listening = on_listening,
        .ready = on_progress,
        .left = on_left,
        .closed = on_primary_closed,
        .data = spawner,
    };
    int result = copy_texts(&spawner->options);

    if (result < 0)
        return result;
    spawner->slots =
        alloc_zeroed(spawner->options.workers * sizeof(*spawner->slots));
    result =
        spawner->slots == NULL
            ? UV_ENOMEM
            : dgram_primary_create(spawner->loop, &options, &spawner->primary);
    if (result < 0) {
        alloc_free(spawner->slots);
        alloc_free((void *)(uintptr_t)spawner->options.args);
        return result;
    }
    open_slots(spawner);
    if (spawner->options.signals)
        open_signals(spawner);
    return 0;
}

int dgram_spawner_create(uv_loop_t *loop, const dgram_spawner_options *options,
                         dgram_spawner **spawner_out) {
    dgram_spawner *spawner;
    int result;

    if (options == NULL || options->size != sizeof(*options) ||
        options->workers < 1 || options->workers > WORKERS_MAX)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    spawner = alloc_zeroed(sizeof(*spawner));
    if (spawner == NULL)
        return UV_ENOMEM;
    spawner->loop = loop;
    spawner->options = *options;
    set_defaults(&spawner->options);
    result = open_spawner(spawner);
    if (result < 0) {
        alloc_free(spawner);
        return result;
    }
    *spawner_out = spawner;
    return 0;
}
