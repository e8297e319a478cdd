#include "output/intervals.h"

#include <math.h>
#include <stdio.h>

#include "args/common.h"
#include "output/output.h"

#define TOLERANCE 1e-9 /* of a sum of periods, in seconds */

static double seconds_since_start(const struct intervals *intervals) {
    return (double)(uv_hrtime() - intervals->started) / 1e9;
}

static double time_of(const struct intervals *intervals, uint64_t line) {
    return (double)line * intervals->period;
}

/* A datagram that was counted may fail afterwards. */
static uint64_t since(uint64_t now, uint64_t before) {
    return now > before ? now - before : 0;
}

static void print(struct intervals *intervals, double time) {
    struct rate total = {0}, rate;

    intervals->count(&total);
    rate = (struct rate){
        .datagrams = since(total.datagrams, intervals->printed.datagrams),
        .bytes = since(total.bytes, intervals->printed.bytes),
        .seconds = time - intervals->time,
    };
    if (common.json) {
        fprintf(output, "{\"event\":\"interval\",\"from\":%.3f,\"to\":%.3f,",
                intervals->time, time);
        rate_print_json(output, &rate);
    } else {
        fprintf(output, "%10.3f %10.3f %13llu %12.3f %12.3f", intervals->time,
                time, (unsigned long long)rate.datagrams, rate_kpps(&rate),
                rate_gbps(&rate) * 1000);
    }
    if (intervals->more != NULL)
        intervals->more();
    fprintf(output, common.json ? "}\n" : "\n");
    intervals->printed.datagrams += rate.datagrams;
    intervals->printed.bytes += rate.bytes;
    intervals->time = time;
}

static void on_timer(uv_timer_t *timer);

/* The line at the end is the last. It is printed when the measurement ends,
   with all that it counted. */
static void wait_for_next(struct intervals *intervals) {
    double next = time_of(intervals, intervals->line + 1);
    double wait = fmax(next - seconds_since_start(intervals), 0);

    if (intervals->end > 0 && next > intervals->end - TOLERANCE)
        return;
    uv_timer_start(&intervals->timer, on_timer, (uint64_t)ceil(wait * 1000), 0);
}

/* A line may be late, but does not delay the lines after it. If this process
   did not run for longer than a period, one line covers all of that time. */
static void on_timer(uv_timer_t *timer) {
    struct intervals *intervals = timer->data;
    double time = seconds_since_start(intervals);
    uint64_t line = (uint64_t)(time / intervals->period + TOLERANCE);

    if (line > intervals->line) {
        intervals->line = line;
        print(intervals, time);
        session_flush(intervals->session);
    }
    if (intervals->runs)
        wait_for_next(intervals);
}

void intervals_begin(struct intervals *intervals, uint64_t started) {
    if (intervals->period == 0)
        return;
    intervals->runs = true;
    intervals->started = started;
    if (!common.json)
        fprintf(output, "%s%s\n", INTERVALS_HEADING,
                intervals->heading != NULL ? intervals->heading : "");
    uv_timer_init(&intervals->session->loop, &intervals->timer);
    intervals->timer.data = intervals;
    uv_unref((uv_handle_t *)&intervals->timer);
    wait_for_next(intervals);
    session_flush(intervals->session);
}

void intervals_end(struct intervals *intervals) {
    if (!intervals->runs)
        return;
    intervals->runs = false;
    uv_close((uv_handle_t *)&intervals->timer, NULL);
    print(intervals, seconds_since_start(intervals));
}
