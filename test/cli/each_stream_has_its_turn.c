/* The last iteration of a flood at a rate lets each stream send, however slow
   the machine is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <uv.h>

#include "flood/pump.h"

#define STREAMS 7
#define SECOND 1000000000u

static uint64_t now;

static uint64_t test_time(void) {
    return now;
}

/* Each takes longer than an iteration may. */
static bool test_send(struct stream *stream, size_t count) {
    stream->accepted += count;
    now += SECOND / 10;
    return true;
}

#define uv_hrtime test_time
#define stream_send test_send
#include "flood/pump.c"

static unsigned ends;

static void on_end(void) {
    ends++;
}

static void a_slow_last_iteration_leaves_nothing(void **state) {
    struct streams streams;
    struct pump pump = {
        .streams = &streams,
        .schedule = {.rate = 1000, .seconds = 1, .streams = STREAMS},
        .on_end = on_end,
    };
    uv_timer_t timer = {.data = &pump};

    (void)state;
    memset(&streams, 0, sizeof streams);
    assert_true(streams_begin(&streams, STREAMS));
    for (unsigned i = 0; i < STREAMS; i++)
        streams.all[i].index = i;
    pump.started = now = SECOND;
    on_tick(&timer);
    assert_in_range(streams_accepted(&streams), 1, STREAMS);
    now = 3 * SECOND;
    on_tick(&timer);
    assert_int_equal(streams_accepted(&streams), 1000);
    assert_int_equal(ends, 0);
    on_tick(&timer);
    assert_int_equal(ends, 1);
    streams_end(&streams);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_last_iteration_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
