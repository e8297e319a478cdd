/* Happy path: a process gets one end of a connection with the primary as its
   descriptor 3, and the number of its worker in the environment. It is asked to
   end by a message, or by SIGTERM if it has not joined.

   What can go wrong:
   - it cannot be started;
   - it does not end when asked: it is killed. */
#include "cluster/process.h"

#include <signal.h>
#include <string.h>

#include "util/alloc.h"
#include "util/util.h"
#include "loop/closing.h"
#include "os/fdpass.h"
#include "os/platform.h"
#include "cluster/environment.h"

#define INTERVALS 8u /* into which the timer divides a time limit */

struct process {
    uv_process_t handle;
    uv_timer_t timer;   /* of the time limit */
    unsigned intervals; /* of it that are left */
    struct closing closing;
    const struct launcher *launcher;
    struct worker_record *record;
    dgram_connection *connection; /* NULL: it has ended */
    uint64_t started_at;          /* of uv_now() */
    unsigned grace_ms;            /* between SIGTERM and the kill */
    bool warns; /* at the time limit it gets SIGTERM, and more time */
    bool left;  /* it had joined, and closed its connection */
    bool asked; /* to end */
};

/* ---- The launcher ------------------------------------------------------- */

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

int launcher_open(struct launcher *launcher, const char *file,
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

void launcher_close(struct launcher *launcher) {
    alloc_free((void *)(uintptr_t)launcher->args);
}

/* ---- Starting ----------------------------------------------------------- */

static void on_exit(uv_process_t *handle, int64_t status, int signal);

/* A standard stream that is closed in this process is the null device in the
   new one. So is a descriptor that was opened in its place, unless it is made
   to be inherited. */
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
    const struct launcher *launcher = process->launcher;
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
    alloc_free(CONTAINER_OF(closing, struct process, closing));
}

/* Does not use the launcher, which may be gone. */
static void close_process(struct process *process) {
    uv_loop_t *loop = process->timer.loop;

    closing_add((uv_handle_t *)&process->handle);
    closing_add((uv_handle_t *)&process->timer);
    closing_wait(&process->closing, loop, on_closed);
}

/* After uv_spawn() the handle must be closed, also if it failed. */
static int start_with(struct process *process, char **env) {
    const struct launcher *launcher = process->launcher;
    int fd, result;

    result = dgram_primary_add(launcher->primary, process, &process->connection,
                               &fd);
    if (result < 0) {
        alloc_free(process);
        return result;
    }
    process->started_at = uv_now(launcher->loop);
    uv_timer_init(launcher->loop, &process->timer);
    result = spawn(process, env, fd);
    platform->close(fd);
    if (result < 0) {
        dgram_connection_end(process->connection);
        close_process(process);
    }
    return result;
}

int process_start(const struct launcher *launcher, unsigned number,
                  struct worker_record *record, struct process **process_out) {
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

/* ---- What it does ------------------------------------------------------- */

struct worker_record *process_get_record(const struct process *process) {
    return process->record;
}

int process_get_pid(const struct process *process) {
    return process->handle.pid;
}

uint64_t process_get_age(const struct process *process) {
    return uv_now(process->timer.loop) - process->started_at;
}

bool process_is_ready(const struct process *process,
                      const struct process *other) {
    return process->connection != NULL &&
           dgram_connection_is_ready(process->connection,
                                     other != NULL ? other->connection : NULL);
}

void process_disconnected(struct process *process) {
    process->left = process_is_ready(process, NULL);
    process->connection = NULL;
}

static void end_connection(struct process *process) {
    if (process->connection != NULL)
        dgram_connection_end(process->connection);
    process->connection = NULL;
}

static void report_exit(struct process *process, int64_t status, int signal) {
    const struct launcher *launcher = process->launcher;

    launcher->exited(launcher->data, process, status, signal);
}

static void on_exit(uv_process_t *handle, int64_t status, int signal) {
    struct process *process = CONTAINER_OF(handle, struct process, handle);

    end_connection(process);
    close_process(process);
    report_exit(process, status, signal);
}

bool process_is_lost(const struct process *process) {
    return uv_is_closing((const uv_handle_t *)&process->handle);
}

void process_abandon(struct process *process) {
    uv_process_kill(&process->handle, SIGTERM);
    end_connection(process);
    report_exit(process, UV_ECANCELED, 0);
    close_process(process);
}

/* ---- Time limits -------------------------------------------------------- */

static void on_interval(uv_timer_t *timer);

/* While this process is stopped, or its loop is blocked, it does not receive
   the messages of workers. So the limit is divided into intervals: such a pause
   counts as one interval. */
static void set_time_limit(struct process *process, unsigned milliseconds) {
    unsigned interval = milliseconds / INTERVALS;

    process->intervals = INTERVALS;
    uv_timer_start(&process->timer, on_interval,
                   milliseconds - (INTERVALS - 1) * interval,
                   interval > 0 ? interval : 1);
}

static void on_interval(uv_timer_t *timer) {
    struct process *process = CONTAINER_OF(timer, struct process, timer);

    if (--process->intervals > 0)
        return;
    uv_timer_stop(timer);
    if (process->warns) {
        process->warns = false;
        uv_process_kill(&process->handle, SIGTERM);
        set_time_limit(process, process->grace_ms);
    } else {
        process_kill(process);
    }
}

void process_kill(struct process *process) {
    uv_process_kill(&process->handle, SIGKILL);
}

void process_kill_later(struct process *process, unsigned milliseconds) {
    process->warns = false;
    set_time_limit(process, milliseconds);
}

void process_spare(struct process *process) {
    uv_timer_stop(&process->timer);
}

bool process_is_asked(const struct process *process) {
    return process->asked;
}

/* UV_ENOTCONN: the worker has not joined, and only a signal reaches it.
   UV_EPIPE: it has closed its connection, and is already ending. */
static int send_stop(struct process *process) {
    if (process->left)
        return UV_EPIPE;
    if (!process_is_ready(process, NULL))
        return UV_ENOTCONN;
    return dgram_connection_stop(process->connection);
}

void process_ask_to_end(struct process *process, unsigned drain_ms) {
    int result;

    if (process->asked)
        return;
    process->asked = true;
    result = send_stop(process);
    if (result == UV_EPIPE) {
        process->grace_ms = drain_ms / 2;
        process->warns = true;
        set_time_limit(process, drain_ms - drain_ms / 2);
        return;
    }
    if (result < 0)
        uv_process_kill(&process->handle, SIGTERM);
    process_kill_later(process, drain_ms);
}
