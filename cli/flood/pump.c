#include "flood/pump.h"

#define RATE_TICK_MS 1
#define RATE_ITERATION_NS 10000000u /* limit of a loop iteration */

double pump_seconds(const struct pump *pump) {
    return (double)(uv_hrtime() - pump->started) / 1e9;
}

bool pump_is_paced(const struct pump *pump) {
    return pump->schedule.rate > 0;
}

/* Returns false when the time is over and something was sent, however late this
   process ran. At a rate this is one loop iteration later, which sends what is
   due by then. Failures of the previous iteration have been reported. */
static bool go_on(struct pump *pump) {
    streams_settle(pump->streams);
    if (pump_seconds(pump) < pump->schedule.seconds ||
        streams_accepted(pump->streams) == 0)
        return true;
    if (pump_is_paced(pump) && !pump->is_last_iteration) {
        pump->is_last_iteration = true;
        return true;
    }
    pump->on_end();
    return false;
}

/* Sends what was due at a time. Returns whether the stream sent something and
   may send more. */
static bool send_due_of(const struct pump *pump, struct stream *stream,
                        double elapsed) {
    uint64_t due = schedule_due(&pump->schedule, elapsed, stream->index);

    if (due <= stream->accepted)
        return false;
    due -= stream->accepted;
    return stream_send(stream, due < BATCH_MAX ? (size_t)due : BATCH_MAX);
}

/* Returns to the loop after a while, so that signals are handled, even if more
   datagrams are due. It does so only after each stream has sent, because the
   iteration may be the last. Datagrams that become due in the meantime are left
   for the next batch. */
static void send_due(const struct pump *pump) {
    uint64_t iteration_end = uv_hrtime() + RATE_ITERATION_NS;
    double elapsed = pump_seconds(pump);
    unsigned idle = 0; /* streams, one after the other, that send no more */
    unsigned turns = 0;

    while (idle < pump->streams->count && !pump->closed) {
        struct stream *stream = streams_take(pump->streams);

        idle = send_due_of(pump, stream, elapsed) ? 0 : idle + 1;
        if (++turns >= pump->streams->count && uv_hrtime() >= iteration_end)
            return;
    }
}

static void on_idle(uv_idle_t *idle);

static void on_tick(uv_timer_t *timer) {
    struct pump *pump = timer->data;

    if (!go_on(pump))
        return;
    if (pump_is_paced(pump)) {
        send_due(pump);
    } else if (streams_is_ready(pump->streams)) {
        uv_timer_stop(timer);
        uv_idle_start(&pump->idle, on_idle);
    }
}

/* Waits for the kernel when no stream can send. */
static void on_idle(uv_idle_t *handle) {
    struct pump *pump = handle->data;
    unsigned idle = 0; /* as in send_due() */
    int batches = 0;

    if (!go_on(pump))
        return;
    while (idle < pump->streams->count && !pump->closed) {
        if (!stream_send(streams_take(pump->streams), BATCH_MAX))
            idle++;
        else if (++batches == BATCHES_PER_ITERATION)
            return;
        else
            idle = 0;
    }
    if (pump->closed)
        return;
    uv_idle_stop(handle);
    uv_timer_start(&pump->ticks, on_tick, RATE_TICK_MS, RATE_TICK_MS);
}

void pump_begin(struct pump *pump, uv_loop_t *loop) {
    uv_idle_init(loop, &pump->idle);
    uv_timer_init(loop, &pump->ticks);
    pump->idle.data = pump->ticks.data = pump;
}

void pump_start(struct pump *pump) {
    pump->started = uv_hrtime();
    if (pump_is_paced(pump))
        uv_timer_start(&pump->ticks, on_tick, 0, RATE_TICK_MS);
    else
        uv_idle_start(&pump->idle, on_idle);
}

void pump_close(struct pump *pump) {
    pump->closed = true;
    uv_close((uv_handle_t *)&pump->idle, NULL);
    uv_close((uv_handle_t *)&pump->ticks, NULL);
}
