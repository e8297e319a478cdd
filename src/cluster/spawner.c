/* The happy way: each record starts a process and connects it with the primary.
   A process that ends is followed by another after a pause. A restart goes from
   record to record: the next process starts beside the current one; when it is
   ready the current one is asked to end; when it has ended the next record's
   turn comes.

   What can go wrong:
   - a process dies at once, again and again: the pause doubles;
   - it cannot be started: as if it had died;
   - it does not end when asked: it is killed;
   - the next process dies or is not ready in time: the current one stays, and
   the restart is over. */
#include "dgram_cluster.h"

#include <limits.h>
#include <signal.h>

#include "util/alloc.h"
#include "util/sized.h"
#include "util/util.h"
#include "cluster/process.h"
#include "cluster/signals.h"

#define WORKERS_MAX 1024u
#define LINGER_MORE_MS                                                         \
    10000u /* that a socket is kept beyond the longest pause */

struct worker_record {
    dgram_spawner *spawner;
    unsigned number;
    struct process *current, *next; /* or NULL */
    uv_timer_t timer;               /* until the current process is started */
    uint64_t pause_ms;              /* before the next start */
};

#define SIGNALS_APART_MS 500u

struct dgram_spawner {
    uv_loop_t *loop;
    dgram_spawner_options options;
    struct launcher launcher; /* its primary is the spawner's */
    struct worker_record *records;
    unsigned rolling; /* the record whose turn it is; `workers`: none */
    bool again;       /* a restart was asked for during another */
    bool stopping, closing;
    unsigned processes;     /* that run */
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

/* ---- The life of a record -------------------------------------------------
 */

static int start_process(struct worker_record *record,
                         struct process **process_out) {
    dgram_spawner *spawner = record->spawner;
    int result =
        process_start(&spawner->launcher, record->number, record, process_out);

    spawner->processes += result == 0;
    return result;
}

static void on_pause_over(uv_timer_t *timer);
static void roll_on(dgram_spawner *spawner);

static void report_started(const struct process *process) {
    const struct worker_record *record = process->record;
    dgram_spawner *spawner = record->spawner;

    if (spawner->options.started != NULL)
        spawner->options.started(spawner, record->number, process->handle.pid,
                                 spawner->options.data);
}

static void report_ended(struct worker_record *record, int pid, int64_t status,
                         int signal) {
    dgram_spawner *spawner = record->spawner;

    if (spawner->options.ended != NULL)
        spawner->options.ended(spawner, record->number, pid, status, signal,
                               spawner->options.data);
}

static void start_soon(struct worker_record *record, uint64_t pause_ms) {
    uv_timer_start(&record->timer, on_pause_over, pause_ms, 0);
}

/* One that lived for long begins anew with the shortest pause. */
static uint64_t next_pause(struct worker_record *record, uint64_t lived_ms) {
    const dgram_spawner_options *options = &record->spawner->options;
    uint64_t pause = record->pause_ms;

    if (pause == 0 || lived_ms >= options->restart_max_ms)
        pause = options->restart_min_ms;
    record->pause_ms = pause < options->restart_max_ms / 2
                           ? 2 * pause
                           : options->restart_max_ms;
    return pause;
}

static void start_current(struct worker_record *record) {
    dgram_spawner *spawner = record->spawner;
    int result = start_process(record, &record->current);

    if (result == 0) {
        report_started(record->current);
        return;
    }
    report_ended(record, 0, result, 0);
    if (!spawner->stopping)
        start_soon(record, next_pause(record, 0));
}

static void on_pause_over(uv_timer_t *timer) {
    struct worker_record *record =
        CONTAINER_OF(timer, struct worker_record, timer);

    /* A replacement that is under way takes the place. */
    if (record->next == NULL)
        start_current(record);
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

static void finish_record(dgram_spawner *spawner) {
    spawner->rolling++;
    roll_on(spawner);
}

/* Starts what the record of this turn needs; what follows comes by events. */
static void roll_on(dgram_spawner *spawner) {
    struct worker_record *record;
    int result;

    if (spawner->rolling == spawner->options.workers) {
        roll_over(spawner, 0);
        return;
    }
    record = &spawner->records[spawner->rolling];
    result = start_process(record, &record->next);
    if (result < 0) {
        report_ended(record, 0, result, 0);
        roll_over(spawner, UV_ECANCELED);
        return;
    }
    process_kill_later(record->next, spawner->options.ready_ms);
    report_started(record->next);
}

/* The next process of a record becomes the current one. */
static void promote(struct worker_record *record) {
    uv_timer_stop(&record->timer);
    record->current = record->next;
    record->next = NULL;
    record->pause_ms = 0;
}

/* A process shares more than before, or said that it is ready. One without a
   connection can do neither. */
static void check_replacement(struct process *process) {
    struct worker_record *record = process->record;
    struct process *current = record->current;
    const dgram_connection *other =
        current != NULL ? current->connection : NULL;

    if (process != record->next || process->asked ||
        process->connection == NULL ||
        !dgram_connection_is_ready(process->connection, other))
        return;
    process->ready = true;
    process_spare(process);
    if (current != NULL) {
        process_ask_to_end(current, record->spawner->options.drain_ms);
        return;
    }
    promote(record);
    finish_record(record->spawner);
}

/* ---- What processes do --------------------------------------------------- */

static void current_ended(struct worker_record *record, bool asked,
                          uint64_t lived_ms) {
    dgram_spawner *spawner = record->spawner;

    if (spawner->stopping)
        return;
    if (record->next == NULL) {
        start_soon(record, asked ? 0 : next_pause(record, lived_ms));
    } else if (record->next->ready) {
        promote(record);
        finish_record(spawner);
    } else {
        /* It died while its replacement was starting, or was asked by a restart
           that failed. */
        check_replacement(record->next);
    }
}

static void next_ended(struct worker_record *record) {
    dgram_spawner *spawner = record->spawner;

    if (spawner->stopping)
        return;
    if (record->current == NULL)
        start_soon(record, next_pause(record, 0));
    roll_over(spawner, UV_ECANCELED);
}

static void finish_if_over(dgram_spawner *spawner);

static void on_exited(struct process *process, int64_t status, int signal) {
    struct worker_record *record = process->record;
    dgram_spawner *spawner = record->spawner;
    uint64_t lived_ms = uv_now(spawner->loop) - process->started_at;

    bool was_current = process == record->current;

    /* The pid is nobody's any more, also for the callback. */
    if (was_current)
        record->current = NULL;
    else
        record->next = NULL;
    spawner->processes--;
    report_ended(record, process->handle.pid, status, signal);
    if (was_current)
        current_ended(record, process->asked, lived_ms);
    else
        next_ended(record);
    finish_if_over(spawner);
}

static void on_progress(dgram_primary *primary, dgram_connection *connection,
                        void *data) {
    (void)primary;
    (void)data;
    check_replacement(dgram_connection_get_data(connection));
}

static void on_listening(dgram_primary *primary, dgram_connection *connection,
                         const dgram_address *address, void *data) {
    struct process *process = dgram_connection_get_data(connection);
    const struct worker_record *record = process->record;
    dgram_spawner *spawner = data;

    (void)primary;
    if (spawner->options.listening != NULL)
        spawner->options.listening(spawner, record->number, address,
                                   spawner->options.data);
    if (process->connection != NULL)
        check_replacement(process);
}

static void on_left(dgram_primary *primary, dgram_connection *connection,
                    void *data) {
    (void)primary;
    (void)data;
    process_left(dgram_connection_get_data(connection));
}

/* ---- Stopping ----------------------------------------------------------- */

/* Restarts that were under way, or asked for, when it was told to stop. */
static void report_not_restarted(dgram_spawner *spawner) {
    const dgram_spawner_options *options = &spawner->options;
    unsigned owed = 0;

    if (spawner->rolling < options->workers)
        owed = spawner->again ? 2 : 1;
    for (; options->restarted != NULL && owed > 0; owed--)
        options->restarted(spawner, UV_ECANCELED, options->data);
}

static void free_if_closed(dgram_spawner *spawner) {
    if (spawner->handles > 0 || spawner->launcher.kept > 0)
        return;
    report_not_restarted(spawner);
    if (spawner->options.stopped != NULL)
        spawner->options.stopped(spawner, spawner->options.data);
    alloc_free(spawner->records);
    launcher_free(&spawner->launcher);
    alloc_free(spawner);
}

static void on_process_freed(struct launcher *launcher) {
    free_if_closed(CONTAINER_OF(launcher, dgram_spawner, launcher));
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
    if (!spawner->stopping || spawner->processes > 0 || spawner->closing)
        return;
    spawner->closing = true;
    for (unsigned i = 0; i < spawner->options.workers; i++)
        closing_add((uv_handle_t *)&spawner->records[i].timer);
    if (spawner->options.signals)
        signals_close(&spawner->signals);
    closing_add((uv_handle_t *)&spawner->roll_timer);
    closing_wait(&spawner->wait, spawner->loop, on_closed);
    dgram_primary_close(spawner->launcher.primary);
}

static void stop_process(dgram_spawner *spawner, struct process *process,
                         bool at_once) {
    if (process == NULL)
        return;
    if (process_is_lost(process))
        process_abandon(process);
    else if (at_once)
        process_kill(process);
    else
        process_ask_to_end(process, spawner->options.drain_ms);
}

static void abandon_lost(struct closing *wait) {
    dgram_spawner *spawner = CONTAINER_OF(wait, dgram_spawner, wait);

    for (unsigned i = 0; i < spawner->options.workers; i++) {
        struct worker_record *record = &spawner->records[i];

        if (record->current != NULL && process_is_lost(record->current))
            process_abandon(record->current);
        if (record->next != NULL && process_is_lost(record->next))
            process_abandon(record->next);
    }
}

void dgram_spawner_stop(dgram_spawner *spawner) {
    bool again = spawner->stopping;

    spawner->handles++;
    spawner->stopping = true;
    for (unsigned i = 0; i < spawner->options.workers && !spawner->closing;
         i++) {
        struct worker_record *record = &spawner->records[i];

        uv_timer_stop(&record->timer);
        stop_process(spawner, record->current, again);
        stop_process(spawner, record->next, again);
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

int dgram_spawner_get_pid(const dgram_spawner *spawner, unsigned worker) {
    const struct process *process = worker < spawner->options.workers
                                        ? spawner->records[worker].current
                                        : NULL;

    return process != NULL ? process->handle.pid : 0;
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

static void open_records(dgram_spawner *spawner) {
    uv_timer_init(spawner->loop, &spawner->roll_timer);
    spawner->handles = 2;
    spawner->rolling = spawner->options.workers;
    for (unsigned i = 0; i < spawner->options.workers; i++) {
        struct worker_record *record = &spawner->records[i];

        record->spawner = spawner;
        record->number = i;
        uv_timer_init(spawner->loop, &record->timer);
        start_soon(record, 0);
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
    int result = launcher_set(&spawner->launcher, spawner->options.file,
                              spawner->options.args);

    if (result < 0)
        return result;
    spawner->records =
        alloc_zeroed(spawner->options.workers * sizeof(*spawner->records));
    result = spawner->records == NULL
                 ? UV_ENOMEM
                 : dgram_primary_create(spawner->loop, &options,
                                        &spawner->launcher.primary);
    if (result < 0) {
        alloc_free(spawner->records);
        launcher_free(&spawner->launcher);
        return result;
    }
    open_records(spawner);
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
    spawner->launcher.loop = loop;
    spawner->launcher.exited = on_exited;
    spawner->launcher.freed = on_process_freed;
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
