#include "session/workers.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <dgram_cluster.h>

#include "args/common.h"
#include "output/output.h"

static const char **command; /* arguments for the workers, with their NULL */

static struct {
    struct session *session;
    void (*print_listening)(const dgram_address *address);
    bool printed; /* the address */
    bool served;  /* a worker has listened */
    bool ends;    /* SIGTERM or SIGINT has arrived */
    int status;   /* for exit() */
} it;

void workers_keep_command(int argc, char **argv) {
    command = calloc((size_t)argc + 1, sizeof *command);
    for (int i = 0; command != NULL && i < argc; i++)
        command[i] = argv[i];
}

int workers_check(const char *verb, const struct endpoint *endpoint) {
    if (common.workers == 0)
        return 0;
    if (common.reuse_port && endpoint->port == 0)
        return usage_error(verb, "with --reuse-port each worker would get "
                                 "another port: use one other than 0");
    if (common.device != NULL && !common.reuse_port)
        return usage_error(verb, "--device with --workers needs --reuse-port");
    return 0;
}

/* ---- A worker ---------------------------------------------------------- */

static void on_stop(uv_loop_t *loop, void *data) {
    (void)loop;
    session_stop(data);
}

static bool join(struct session *session) {
    const dgram_worker_options options = {
        .size = sizeof options,
        .signals = true,
        .stop = on_stop,
        .data = session,
    };
    const char *number = getenv(DGRAM_CLUSTER_WORKER);
    int result;

    session->worker = number != NULL ? atoi(number) : 0;
    output_keep_together();
    result = dgram_worker_join(&session->loop, &options);
    if (result == 0)
        return true;
    session_log(session, "there is no primary: %s", dgram_strerror(result));
    session->status = 1;
    return false;
}

bool workers_begin(struct session *session) {
    if (common.workers == 0)
        return true;
    if (!dgram_is_worker()) {
        session->part = SESSION_PROBE;
        return true;
    }
    session->part = common.reuse_port ? SESSION_WORKER : SESSION_SHARER;
    return join(session);
}

/* ---- The primary ------------------------------------------------------- */

static void on_listening(dgram_spawner *spawner, unsigned worker,
                         const dgram_address *address, void *data) {
    (void)worker;
    (void)data;
    it.served = true;
    if (it.printed)
        return;
    it.printed = true;
    it.print_listening(address);
    if (output_flush() == 0)
        return;
    it.status = 1;
    dgram_spawner_stop(spawner);
}

/* A worker that exits with a status has printed why. If no worker has served,
   or nobody reads the output, the next one would exit as well: the command
   stops, but only once, for a second stop kills workers. SIGTERM and SIGINT,
   which a terminal sends to all processes, kill a worker only before it has
   joined or after it has left. */
static void on_ended(dgram_spawner *spawner, unsigned worker, int pid,
                     int64_t status, int signal, void *data) {
    (void)data;
    if (status < 0)
        session_log(it.session, "worker %u cannot be started: %s", worker,
                    dgram_strerror((int)status));
    else if (signal != 0 && signal != SIGTERM && signal != SIGINT)
        session_log(it.session, "worker %u (process %d) was ended by signal %d",
                    worker, pid, signal);
    if (it.ends && signal == SIGKILL)
        it.status = 1; /* it was too slow: its last output is lost */
    if (status == 0 || it.status != 0 || (it.served && status != EXIT_UNREAD))
        return;
    it.status = 1;
    dgram_spawner_stop(spawner);
}

/* Also called when the spawner stops during a restart: then no worker stays. */
static void on_restarted(dgram_spawner *spawner, int status, void *data) {
    bool stays = false;

    (void)data;
    for (unsigned i = 0; i < WORKERS_MAX && !stays; i++)
        stays = dgram_spawner_get_pid(spawner, i) != 0;
    if (status == 0)
        session_log(it.session, "all workers were replaced");
    else if (stays)
        session_log(it.session,
                    "a new worker does not start; the old ones stay");
}

/* The spawner has its own handler, which stops it. */
static void on_signal(uv_signal_t *handle, int number) {
    (void)handle;
    (void)number;
    it.ends = true;
}

static void start_signal(uv_loop_t *loop, uv_signal_t *handle, int number) {
    uv_signal_init(loop, handle);
    uv_signal_start(handle, on_signal, number);
    uv_unref((uv_handle_t *)handle);
}

static int run(uv_loop_t *loop, unsigned count) {
    uv_signal_t terminate, interrupt;
    const dgram_spawner_options options = {
        .size = sizeof options,
        .args = command,
        .workers = count,
        .signals = true,
        .listening = on_listening,
        .ended = on_ended,
        .restarted = on_restarted,
    };
    dgram_spawner *spawner;
    int result = dgram_spawner_create(loop, &options, &spawner);

    if (result < 0)
        return result;
    start_signal(loop, &terminate, SIGTERM);
    start_signal(loop, &interrupt, SIGINT);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&terminate, NULL);
    uv_close((uv_handle_t *)&interrupt, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    return 0;
}

int workers_run(struct session *session,
                void (*print_listening)(const dgram_address *address)) {
    int status = session_run(session), result = UV_ENOMEM;
    uv_loop_t loop;

    if (session->part != SESSION_PROBE || !session->is_bound)
        return status;
    it.session = session;
    it.print_listening = print_listening;
    if (command != NULL)
        result = uv_loop_init(&loop);
    if (result == 0) {
        result = run(&loop, (unsigned)common.workers);
        uv_loop_close(&loop);
    }
    if (result < 0) {
        session_log(session, "%s",
                    result == UV_ENOTSUP
                        ? "--workers is not available on this system"
                        : dgram_strerror(result));
        return 1;
    }
    return it.status;
}
