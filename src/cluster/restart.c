#include "cluster/restart.h"

#include "util/util.h"
#include "loop/closing.h"

static bool is_under_way(const struct restart *restart) {
    return restart->position < restart->count;
}

static void on_begin(uv_timer_t *timer);

static void begin(struct restart *restart) {
    restart->position = 0;
    uv_timer_start(&restart->timer, on_begin, 0, 0);
}

static void finish(struct restart *restart, int status) {
    bool again = restart->again;

    restart->again = false;
    restart->position = restart->count;
    report_restarted(restart->reports, status);
    /* The callback may have requested one itself. If it has stopped the
       spawner, this one is reported at the end. */
    if (again && !is_under_way(restart))
        begin(restart);
}

/* Starts the replacement of the worker at `position`. The events of its
   processes continue the restart. */
static void replace_worker(struct restart *restart) {
    if (!is_under_way(restart))
        finish(restart, 0);
    else
        restart_follow(restart, worker_records_replace(restart->records,
                                                       restart->position));
}

static void on_begin(uv_timer_t *timer) {
    struct restart *restart = CONTAINER_OF(timer, struct restart, timer);

    if (!worker_records_are_stopping(restart->records))
        replace_worker(restart);
}

void restart_follow(struct restart *restart, enum worker_change change) {
    if (change == WORKER_REPLACED) {
        restart->position++;
        replace_worker(restart);
    } else if (change == WORKER_REPLACEMENT_FAILED) {
        finish(restart, UV_ECANCELED);
    }
}

int restart_request(struct restart *restart) {
    if (uv_is_closing((const uv_handle_t *)&restart->timer))
        return UV_ECANCELED;
    if (is_under_way(restart))
        restart->again = true;
    else
        begin(restart);
    return 0;
}

void restart_report_canceled(struct restart *restart) {
    if (!is_under_way(restart))
        return;
    report_restarted(restart->reports, UV_ECANCELED);
    if (restart->again)
        report_restarted(restart->reports, UV_ECANCELED);
}

void restart_open(struct restart *restart, uv_loop_t *loop,
                  struct worker_records *records, const struct reports *reports,
                  unsigned count) {
    restart->records = records;
    restart->reports = reports;
    restart->count = restart->position = count;
    restart->again = false;
    uv_timer_init(loop, &restart->timer);
}

void restart_close(struct restart *restart) {
    closing_add((uv_handle_t *)&restart->timer);
}
