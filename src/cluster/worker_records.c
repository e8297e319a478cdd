/* Happy path: each worker has a current process. When it ends, another one is
   started after a pause. In a restart, a worker has two processes for a while:
   the replacement is started, and when it is ready, the current process is
   asked to end. When that has ended, the replacement becomes the current
   process.

   What can go wrong:
   - a process ends at once, again and again: the pause doubles each time;
   - a process cannot be started: it is as if it had ended at once;
   - the replacement ends, or is not ready in time and is killed: the current
     process stays. */
#include "cluster/worker_records.h"

#include "util/alloc.h"
#include "util/util.h"
#include "loop/closing.h"

struct worker_record {
    struct worker_records *records;
    unsigned number;
    struct process *current, *replacement; /* or NULL */
    bool replacement_ready;                /* the current one is to end */
    uv_timer_t timer;                      /* until a process is started */
    uint64_t pause_ms;                     /* before the start after the next */
};

/* ---- Starting ----------------------------------------------------------- */

static void on_pause_over(uv_timer_t *timer);

static void start_after(struct worker_record *record, uint64_t pause_ms) {
    uv_timer_start(&record->timer, on_pause_over, pause_ms, 0);
}

/* After a process that ran for long, the shortest pause is enough. */
static uint64_t next_pause(struct worker_record *record, uint64_t lived_ms) {
    const dgram_spawner_options *options = record->records->options;
    uint64_t pause = record->pause_ms;

    if (pause == 0 || lived_ms >= options->restart_max_ms)
        pause = options->restart_min_ms;
    record->pause_ms = pause < options->restart_max_ms / 2
                           ? 2 * pause
                           : options->restart_max_ms;
    return pause;
}

/* Reports the start, or that it failed. */
static int start_process(struct worker_record *record,
                         struct process **process_out) {
    struct worker_records *records = record->records;
    int result =
        process_start(&records->launcher, record->number, record, process_out);

    if (result < 0) {
        report_ended(records->reports, record->number, 0, result, 0);
        return result;
    }
    records->running++;
    return 0;
}

static void report_start(const struct worker_record *record,
                         const struct process *process) {
    report_started(record->records->reports, record->number,
                   process_get_pid(process));
}

static void on_pause_over(uv_timer_t *timer) {
    struct worker_record *record =
        CONTAINER_OF(timer, struct worker_record, timer);

    /* A replacement that is starting takes the place. */
    if (record->replacement != NULL)
        return;
    if (start_process(record, &record->current) == 0)
        report_start(record, record->current);
    else if (!record->records->stopping)
        start_after(record, next_pause(record, 0));
}

/* ---- Replacing ---------------------------------------------------------- */

enum worker_change worker_records_replace(struct worker_records *records,
                                          unsigned worker) {
    struct worker_record *record = &records->record[worker];

    if (start_process(record, &record->replacement) < 0)
        return WORKER_REPLACEMENT_FAILED;
    record->replacement_ready = false;
    process_kill_later(record->replacement, records->options->ready_ms);
    report_start(record, record->replacement);
    return WORKER_AS_BEFORE;
}

static enum worker_change promote(struct worker_record *record) {
    uv_timer_stop(&record->timer);
    record->current = record->replacement;
    record->replacement = NULL;
    record->pause_ms = 0;
    return WORKER_REPLACED;
}

static enum worker_change check_replacement(struct worker_record *record) {
    struct process *current = record->current, *next = record->replacement;

    if (process_is_asked(next) || !process_is_ready(next, current))
        return WORKER_AS_BEFORE;
    record->replacement_ready = true;
    process_spare(next);
    if (current == NULL)
        return promote(record);
    process_ask_to_end(current, record->records->options->drain_ms);
    return WORKER_AS_BEFORE;
}

enum worker_change worker_record_progressed(struct process *process) {
    struct worker_record *record = process_get_record(process);

    return process == record->replacement ? check_replacement(record)
                                          : WORKER_AS_BEFORE;
}

/* ---- Ends --------------------------------------------------------------- */

static enum worker_change current_ended(struct worker_record *record,
                                        bool asked, uint64_t lived_ms) {
    if (record->replacement == NULL) {
        start_after(record, asked ? 0 : next_pause(record, lived_ms));
        return WORKER_AS_BEFORE;
    }
    if (record->replacement_ready)
        return promote(record);
    /* It ended without being asked while its replacement was starting, or was
       asked to end in a restart that failed. */
    return check_replacement(record);
}

static enum worker_change replacement_ended(struct worker_record *record) {
    if (record->current == NULL)
        start_after(record, next_pause(record, 0));
    return WORKER_REPLACEMENT_FAILED;
}

enum worker_change worker_record_ended(struct process *process, int64_t status,
                                       int signal) {
    struct worker_record *record = process_get_record(process);
    struct worker_records *records = record->records;
    bool was_current = process == record->current;
    bool asked = process_is_asked(process);
    uint64_t age = process_get_age(process);

    /* First, so that the program cannot get the pid of a process that has
       ended. */
    if (was_current)
        record->current = NULL;
    else
        record->replacement = NULL;
    records->running--;
    report_ended(records->reports, record->number, process_get_pid(process),
                 status, signal);
    if (records->stopping)
        return WORKER_AS_BEFORE;
    return was_current ? current_ended(record, asked, age)
                       : replacement_ended(record);
}

/* ---- Stopping ----------------------------------------------------------- */

static void stop_process(struct process *process, bool kills,
                         unsigned drain_ms) {
    if (process == NULL)
        return;
    if (process_is_lost(process))
        process_abandon(process);
    else if (kills)
        process_kill(process);
    else
        process_ask_to_end(process, drain_ms);
}

void worker_records_stop(struct worker_records *records, bool kills) {
    unsigned drain_ms = records->options->drain_ms;

    records->stopping = true;
    for (unsigned i = 0; i < records->options->workers; i++) {
        struct worker_record *record = &records->record[i];

        uv_timer_stop(&record->timer);
        stop_process(record->current, kills, drain_ms);
        stop_process(record->replacement, kills, drain_ms);
    }
}

static void abandon_if_lost(struct process *process) {
    if (process != NULL && process_is_lost(process))
        process_abandon(process);
}

void worker_records_abandon_lost(struct worker_records *records) {
    for (unsigned i = 0; i < records->options->workers; i++) {
        abandon_if_lost(records->record[i].current);
        abandon_if_lost(records->record[i].replacement);
    }
}

/* ---- All of them -------------------------------------------------------- */

bool worker_records_are_stopping(const struct worker_records *records) {
    return records->stopping;
}

bool worker_records_are_running(const struct worker_records *records) {
    return records->running > 0;
}

int worker_records_get_pid(const struct worker_records *records,
                           unsigned worker) {
    const struct process *process = worker < records->options->workers
                                        ? records->record[worker].current
                                        : NULL;

    return process != NULL ? process_get_pid(process) : 0;
}

unsigned worker_record_get_number(const struct process *process) {
    return process_get_record(process)->number;
}

int worker_records_create(struct worker_records *records,
                          const struct launcher *launcher,
                          const dgram_spawner_options *options,
                          const struct reports *reports) {
    int result;

    *records = (struct worker_records){
        .launcher = *launcher, .options = options, .reports = reports};
    result = launcher_open(&records->launcher, options->file, options->args);
    if (result < 0)
        return result;
    records->record = alloc_zeroed(options->workers * sizeof(*records->record));
    if (records->record == NULL) {
        launcher_close(&records->launcher);
        return UV_ENOMEM;
    }
    return 0;
}

void worker_records_open(struct worker_records *records,
                         dgram_primary *primary) {
    records->launcher.primary = primary;
    for (unsigned i = 0; i < records->options->workers; i++) {
        struct worker_record *record = &records->record[i];

        record->records = records;
        record->number = i;
        uv_timer_init(records->launcher.loop, &record->timer);
        start_after(record, 0);
    }
}

void worker_records_close(struct worker_records *records) {
    for (unsigned i = 0; i < records->options->workers; i++)
        closing_add((uv_handle_t *)&records->record[i].timer);
}

void worker_records_free(struct worker_records *records) {
    alloc_free(records->record);
    launcher_close(&records->launcher);
}
