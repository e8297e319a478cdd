/* The happy way: a child gets one end of a connection with the primary as its
   descriptor 3, and its number in the environment. It is asked to end by a
   message, or by SIGTERM; one that has left is given time first.

   What can go wrong: it cannot be started; it does not end when asked, and is
   killed. */
#include "cluster/child.h"

#include <signal.h>
#include <string.h>

#include "util/alloc.h"
#include "util/util.h"
#include "os/fdpass.h"
#include "os/platform.h"
#include "cluster/environment.h"

#define TURNS 8u /* in which the time that a child has passes */

/* ---- The plan ----------------------------------------------------------- */

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

int child_plan_set(struct child_plan *plan, const char *file,
                   const char *const *args) {
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
    plan->file = copy_text(file, &at);
    copies[0] = plan->file;
    for (size_t i = 0; i < count; i++)
        copies[i] = copy_text(args[i], &at);
    copies[count > 0 ? count : 1] = NULL;
    plan->args = copies;
    return 0;
}

void child_plan_free(struct child_plan *plan) {
    alloc_free((void *)(uintptr_t)plan->args);
}

/* ---- Starting ----------------------------------------------------------- */

static void on_exit_of_child(uv_process_t *process, int64_t status, int signal);

/* A standard stream that is closed here is the null device there. So is what
   opened in its place, unless it is made to be inherited. */
static void set_streams(uv_stdio_container_t streams[CONTROL_FD + 1],
                        int control_fd) {
    for (int i = 0; i < CONTROL_FD; i++) {
        streams[i].flags = pass_is_inherited(i) ? UV_INHERIT_FD : UV_IGNORE;
        streams[i].data.fd = i;
    }
    streams[CONTROL_FD].flags = UV_INHERIT_FD;
    streams[CONTROL_FD].data.fd = control_fd;
}

static int spawn(struct child *child, char **env, int control_fd) {
    struct child_plan *plan = child->plan;
    uv_stdio_container_t streams[CONTROL_FD + 1];
    uv_process_options_t options = {
        .exit_cb = on_exit_of_child,
        .file = plan->file,
        .stdio_count = CONTROL_FD + 1,
        .stdio = streams,
    };

    set_streams(streams, control_fd);
    /* The members are not const, though they are only read. */
    options.args = (char **)(uintptr_t)plan->args;
    options.env = env;
    return uv_spawn(plan->loop, &child->process, &options);
}

static void on_closed(struct closing *closing) {
    struct child *child = CONTAINER_OF(closing, struct child, closing);
    struct child_plan *plan = child->plan;

    alloc_free(child);
    plan->kept--;
    plan->freed(plan);
}

static void close_child(struct child *child) {
    closing_add((uv_handle_t *)&child->process);
    closing_add((uv_handle_t *)&child->timer);
    closing_wait(&child->closing, child->plan->loop, on_closed);
}

/* A process that could not be spawned has a handle all the same. */
static int start_with(struct child *child, char **env) {
    struct child_plan *plan = child->plan;
    int fd, result;

    result = dgram_primary_add(plan->primary, child, &child->member, &fd);
    if (result < 0) {
        alloc_free(child);
        return result;
    }
    child->started_at = uv_now(plan->loop);
    plan->kept++;
    uv_timer_init(plan->loop, &child->timer);
    result = spawn(child, env, fd);
    platform->close(fd);
    if (result < 0) {
        dgram_member_end(child->member);
        close_child(child);
    }
    return result;
}

int child_start(struct child_plan *plan, unsigned number, void *slot,
                struct child **child_out) {
    char **env = environment_make(number);
    struct child *child = env != NULL ? alloc_zeroed(sizeof(*child)) : NULL;
    int result = UV_ENOMEM;

    if (child != NULL) {
        child->plan = plan;
        child->slot = slot;
        result = start_with(child, env);
    }
    if (result == 0)
        *child_out = child;
    alloc_free(env);
    return result;
}

/* ---- Ending ------------------------------------------------------------- */

static void on_exit_of_child(uv_process_t *process, int64_t status,
                             int signal) {
    struct child *child = CONTAINER_OF(process, struct child, process);

    if (child->member != NULL)
        dgram_member_end(child->member);
    child->member = NULL;
    close_child(child);
    child->plan->exited(child, status, signal);
}

bool child_is_lost(const struct child *child) {
    return uv_is_closing((const uv_handle_t *)&child->process);
}

void child_abandon(struct child *child) {
    uv_process_kill(&child->process, SIGTERM);
    if (child->member != NULL)
        dgram_member_end(child->member);
    child->member = NULL;
    child->plan->exited(child, UV_ECANCELED, 0);
    close_child(child);
}

void child_kill(struct child *child) {
    uv_process_kill(&child->process, SIGKILL);
}

static void on_turn(uv_timer_t *timer) {
    struct child *child = CONTAINER_OF(timer, struct child, timer);

    if (--child->turns > 0)
        return;
    uv_timer_stop(timer);
    child->time_is_up(child);
}

/* While this process is stopped, or its loop held up, a child cannot be seen to
   do what it has the time for. That then costs it one turn, and not all. */
static void give_time(struct child *child, unsigned milliseconds,
                      void (*time_is_up)(struct child *child)) {
    unsigned turn = milliseconds / TURNS;

    child->turns = TURNS;
    child->time_is_up = time_is_up;
    uv_timer_start(&child->timer, on_turn, milliseconds - (TURNS - 1) * turn,
                   turn > 0 ? turn : 1);
}

void child_kill_later(struct child *child, unsigned milliseconds) {
    give_time(child, milliseconds, child_kill);
}

void child_spare(struct child *child) {
    uv_timer_stop(&child->timer);
}

void child_left(struct child *child) {
    child->left = dgram_member_is_ready(child->member, NULL);
    child->member = NULL;
}

static void remind(struct child *child) {
    uv_process_kill(&child->process, SIGTERM);
    child_kill_later(child, child->grace_ms);
}

/* One that did not join cannot be told; one that has left need not be. */
static int tell_to_end(struct child *child) {
    if (child->left)
        return UV_EPIPE;
    if (child->member == NULL || !dgram_member_is_ready(child->member, NULL))
        return UV_ENOTCONN;
    return dgram_member_stop(child->member);
}

void child_ask_to_end(struct child *child, unsigned drain_ms) {
    int result;

    if (child->asked)
        return;
    child->asked = true;
    result = tell_to_end(child);
    if (result == UV_EPIPE) {
        child->grace_ms = drain_ms / 2;
        give_time(child, drain_ms - drain_ms / 2, remind);
        return;
    }
    if (result < 0)
        uv_process_kill(&child->process, SIGTERM);
    child_kill_later(child, drain_ms);
}
