/* The happy way: a process gets one end of a connection with the primary as its
   descriptor 3, and its number in the environment. It is asked to end by a
   message, or by SIGTERM; one that has left is given time first.

   What can go wrong: it cannot be started; it does not end when asked, and is
   killed. */
#include "cluster/process.h"

#include <signal.h>
#include <string.h>

#include "util/alloc.h"
#include "util/util.h"
#include "os/fdpass.h"
#include "os/platform.h"
#include "cluster/environment.h"

#define TURNS 8u /* in which the time that a process has passes */

/* ---- The launcher -----------------------------------------------------------
 */

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

int launcher_set(struct launcher *launcher, const char *file,
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
    launcher->file = copy_text(file, &at);
    copies[0] = launcher->file;
    for (size_t i = 0; i < count; i++)
        copies[i] = copy_text(args[i], &at);
    copies[count > 0 ? count : 1] = NULL;
    launcher->args = copies;
    return 0;
}

void launcher_free(struct launcher *launcher) {
    alloc_free((void *)(uintptr_t)launcher->args);
}

/* ---- Starting ----------------------------------------------------------- */

static void on_exit(uv_process_t *handle, int64_t status, int signal);

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

static int spawn(struct process *process, char **env, int control_fd) {
    struct launcher *launcher = process->launcher;
    uv_stdio_container_t streams[CONTROL_FD + 1];
    uv_process_options_t options = {
        .exit_cb = on_exit,
        .file = launcher->file,
        .stdio_count = CONTROL_FD + 1,
        .stdio = streams,
    };

    set_streams(streams, control_fd);
    /* The members are not const, though they are only read. */
    options.args = (char **)(uintptr_t)launcher->args;
    options.env = env;
    return uv_spawn(launcher->loop, &process->handle, &options);
}

static void on_closed(struct closing *closing) {
    struct process *process = CONTAINER_OF(closing, struct process, closing);
    struct launcher *launcher = process->launcher;

    alloc_free(process);
    launcher->kept--;
    launcher->freed(launcher);
}

static void close_process(struct process *process) {
    closing_add((uv_handle_t *)&process->handle);
    closing_add((uv_handle_t *)&process->timer);
    closing_wait(&process->closing, process->launcher->loop, on_closed);
}

/* A process that could not be spawned has a handle all the same. */
static int start_with(struct process *process, char **env) {
    struct launcher *launcher = process->launcher;
    int fd, result;

    result = dgram_primary_add(launcher->primary, process, &process->connection,
                               &fd);
    if (result < 0) {
        alloc_free(process);
        return result;
    }
    process->started_at = uv_now(launcher->loop);
    launcher->kept++;
    uv_timer_init(launcher->loop, &process->timer);
    result = spawn(process, env, fd);
    platform->close(fd);
    if (result < 0) {
        dgram_connection_end(process->connection);
        close_process(process);
    }
    return result;
}

int process_start(struct launcher *launcher, unsigned number, void *record,
                  struct process **process_out) {
    char **env = environment_make(number);
    struct process *process =
        env != NULL ? alloc_zeroed(sizeof(*process)) : NULL;
    int result = UV_ENOMEM;

    if (process != NULL) {
        process->launcher = launcher;
        process->record = record;
        result = start_with(process, env);
    }
    if (result == 0)
        *process_out = process;
    alloc_free(env);
    return result;
}

/* ---- Ending ------------------------------------------------------------- */

static void on_exit(uv_process_t *handle, int64_t status, int signal) {
    struct process *process = CONTAINER_OF(handle, struct process, handle);

    if (process->connection != NULL)
        dgram_connection_end(process->connection);
    process->connection = NULL;
    close_process(process);
    process->launcher->exited(process, status, signal);
}

bool process_is_lost(const struct process *process) {
    return uv_is_closing((const uv_handle_t *)&process->handle);
}

void process_abandon(struct process *process) {
    uv_process_kill(&process->handle, SIGTERM);
    if (process->connection != NULL)
        dgram_connection_end(process->connection);
    process->connection = NULL;
    process->launcher->exited(process, UV_ECANCELED, 0);
    close_process(process);
}

void process_kill(struct process *process) {
    uv_process_kill(&process->handle, SIGKILL);
}

static void on_turn(uv_timer_t *timer) {
    struct process *process = CONTAINER_OF(timer, struct process, timer);

    if (--process->turns > 0)
        return;
    uv_timer_stop(timer);
    process->time_is_up(process);
}

/* While this process is stopped, or its loop held up, a process cannot be seen
   to do what it has the time for. That then costs it one turn, and not all. */
static void give_time(struct process *process, unsigned milliseconds,
                      void (*time_is_up)(struct process *process)) {
    unsigned turn = milliseconds / TURNS;

    process->turns = TURNS;
    process->time_is_up = time_is_up;
    uv_timer_start(&process->timer, on_turn, milliseconds - (TURNS - 1) * turn,
                   turn > 0 ? turn : 1);
}

void process_kill_later(struct process *process, unsigned milliseconds) {
    give_time(process, milliseconds, process_kill);
}

void process_spare(struct process *process) {
    uv_timer_stop(&process->timer);
}

void process_left(struct process *process) {
    process->left = dgram_connection_is_ready(process->connection, NULL);
    process->connection = NULL;
}

static void remind(struct process *process) {
    uv_process_kill(&process->handle, SIGTERM);
    process_kill_later(process, process->grace_ms);
}

/* One that did not join cannot be told; one that has left need not be. */
static int tell_to_end(struct process *process) {
    if (process->left)
        return UV_EPIPE;
    if (process->connection == NULL ||
        !dgram_connection_is_ready(process->connection, NULL))
        return UV_ENOTCONN;
    return dgram_connection_stop(process->connection);
}

void process_ask_to_end(struct process *process, unsigned drain_ms) {
    int result;

    if (process->asked)
        return;
    process->asked = true;
    result = tell_to_end(process);
    if (result == UV_EPIPE) {
        process->grace_ms = drain_ms / 2;
        give_time(process, drain_ms - drain_ms / 2, remind);
        return;
    }
    if (result < 0)
        uv_process_kill(&process->handle, SIGTERM);
    process_kill_later(process, drain_ms);
}
