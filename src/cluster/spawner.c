/* Happy path: the workers start and connect with the spawner's primary. Events
   of processes and connections go to the records of the workers
   (worker_records.c). Their changes go to the restart that is under way
   (restart.c). When the spawner is stopped and the last process has ended,
   handles and primary are closed, and the spawner is freed.

   What can go wrong: the program closes the handles of the processes, so that
   libuv does not report their ends. They are abandoned. */
#include "dgram_cluster.h"

#include <limits.h>
#include <signal.h>

#include "util/alloc.h"
#include "util/sized.h"
#include "util/util.h"
#include "loop/closing.h"
#include "cluster/restart.h"
#include "cluster/signals.h"
#include "cluster/worker_records.h"

#define WORKERS_MAX 1024u
#define SIGNALS_APART_MS 500u
#define LINGER_MORE_MS                                                         \
    10000u /* that sockets are kept beyond the longest pause */

struct dgram_spawner {
    uv_loop_t *loop;
    dgram_spawner_options options;
    struct reports reports;
    struct worker_records records;
    struct restart restart;
    dgram_primary *primary;
    bool closing;           /* the last process has ended */
    struct closing wait;    /* for its handles */
    unsigned references;    /* of `wait`, the primary, and calls under way */
    struct signals signals; /* if options.signals */
    bool signalled;         /* to stop, last at ... */
    uint64_t signal_time;   /* ms of the loop's clock */
};

/* ---- The end ------------------------------------------------------------ */

static void unref(dgram_spawner *spawner) {
    if (--spawner->references > 0)
        return;
    restart_report_canceled(&spawner->restart);
    report_stopped(&spawner->reports);
    worker_records_free(&spawner->records);
    alloc_free(spawner);
}

static void on_closed(struct closing *wait) {
    unref(CONTAINER_OF(wait, dgram_spawner, wait));
}

static void on_primary_closed(dgram_primary *primary, void *data) {
    (void)primary;
    unref(data);
}

static void close_if_over(dgram_spawner *spawner) {
    if (!worker_records_are_stopping(&spawner->records) ||
        worker_records_are_running(&spawner->records) || spawner->closing)
        return;
    spawner->closing = true;
    worker_records_close(&spawner->records);
    restart_close(&spawner->restart);
    if (spawner->options.signals)
        signals_close(&spawner->signals);
    closing_wait(&spawner->wait, spawner->loop, on_closed);
    dgram_primary_close(spawner->primary);
}

/* ---- Events ------------------------------------------------------------- */

static void on_exited(void *data, struct process *process, int64_t status,
                      int signal) {
    dgram_spawner *spawner = data;

    restart_follow(&spawner->restart,
                   worker_record_ended(process, status, signal));
    close_if_over(spawner);
}

/* The worker has joined, or has reported that it is ready. */
static void on_progress(dgram_primary *primary, dgram_connection *connection,
                        void *data) {
    dgram_spawner *spawner = data;
    struct process *process = dgram_connection_get_data(connection);

    (void)primary;
    restart_follow(&spawner->restart, worker_record_progressed(process));
}

static void on_listening(dgram_primary *primary, dgram_connection *connection,
                         const dgram_address *address, void *data) {
    dgram_spawner *spawner = data;
    struct process *process = dgram_connection_get_data(connection);

    (void)primary;
    report_listening(&spawner->reports, worker_record_get_number(process),
                     address);
    restart_follow(&spawner->restart, worker_record_progressed(process));
}

static void on_left(dgram_primary *primary, dgram_connection *connection,
                    void *data) {
    (void)primary;
    (void)data;
    process_disconnected(dgram_connection_get_data(connection));
}

/* A terminal or a service manager may send one request as two signals. Only a
   later signal is a request to kill. */
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

/* ---- Calls of the program ----------------------------------------------- */

static void abandon_lost(struct closing *wait) {
    dgram_spawner *spawner = CONTAINER_OF(wait, dgram_spawner, wait);

    worker_records_abandon_lost(&spawner->records);
}

void dgram_spawner_stop(dgram_spawner *spawner) {
    bool kills = worker_records_are_stopping(&spawner->records);

    spawner->references++;
    worker_records_stop(&spawner->records, kills);
    /* The program may close the handles before the loop runs. */
    if (!spawner->closing && !closing_is_over(spawner->loop))
        closing_wait(&spawner->wait, spawner->loop, abandon_lost);
    close_if_over(spawner);
    unref(spawner);
}

int dgram_spawner_restart(dgram_spawner *spawner) {
    return worker_records_are_stopping(&spawner->records)
               ? UV_ECANCELED
               : restart_request(&spawner->restart);
}

int dgram_spawner_get_pid(const dgram_spawner *spawner, unsigned worker) {
    return worker_records_get_pid(&spawner->records, worker);
}

/* ---- The beginning ------------------------------------------------------ */

static unsigned or_default(unsigned value, unsigned otherwise) {
    return value > 0 ? value : otherwise;
}

static void set_defaults(dgram_spawner_options *options) {
    options->restart_min_ms = or_default(options->restart_min_ms, 100);
    options->restart_max_ms = or_default(options->restart_max_ms, 10000);
    options->drain_ms = or_default(options->drain_ms, 10000);
    options->ready_ms = or_default(options->ready_ms, 10000);
}

/* Sockets are kept for a replacement until after the longest pause. */
static unsigned linger_of(const dgram_spawner_options *options) {
    return options->restart_max_ms < UINT_MAX - LINGER_MORE_MS
               ? options->restart_max_ms + LINGER_MORE_MS
               : UINT_MAX;
}

static int create_primary(dgram_spawner *spawner) {
    const dgram_primary_options options = {
        .size = sizeof(options),
        .linger_ms = linger_of(&spawner->options),
        .joined = on_progress,
        .listening = on_listening,
        .ready = on_progress,
        .left = on_left,
        .closed = on_primary_closed,
        .data = spawner,
    };

    return dgram_primary_create(spawner->loop, &options, &spawner->primary);
}

static int create_parts(dgram_spawner *spawner) {
    const struct launcher launcher = {
        .loop = spawner->loop, .exited = on_exited, .data = spawner};
    int result = worker_records_create(&spawner->records, &launcher,
                                       &spawner->options, &spawner->reports);

    if (result < 0)
        return result;
    result = create_primary(spawner);
    if (result < 0) {
        worker_records_free(&spawner->records);
        return result;
    }
    spawner->references = 2;
    worker_records_open(&spawner->records, spawner->primary);
    restart_open(&spawner->restart, spawner->loop, &spawner->records,
                 &spawner->reports, spawner->options.workers);
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
    if (loop == NULL)
        return UV_EINVAL;
    if (copy.workers < 1 || copy.workers > WORKERS_MAX)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    spawner = alloc_zeroed(sizeof(*spawner));
    if (spawner == NULL)
        return UV_ENOMEM;
    spawner->loop = loop;
    spawner->options = copy;
    set_defaults(&spawner->options);
    spawner->reports = (struct reports){spawner, &spawner->options};
    result = create_parts(spawner);
    if (result < 0) {
        alloc_free(spawner);
        return result;
    }
    *spawner_out = spawner;
    return 0;
}
