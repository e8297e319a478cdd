/* An alarm of the loop comes at its time or later, with the timer of the system
   and with that of libuv. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/alarm.h"
#include "session/timer_fd.h"

#define ALARMS 200

static uv_loop_t loop;
static struct alarm it;
static int count;

static uint64_t next_time(void) {
    return uv_hrtime() + (uint64_t)count * 37011;
}

static void on_alarm(void) {
    assert_true(uv_hrtime() >= it.at);
    if (++count == ALARMS)
        alarm_end(&it);
    else
        alarm_set(&it, next_time());
}

/* As on a system without a timer_fd. */
static void use_libuv(void) {
    if (it.fd < 0)
        return;
    uv_close((uv_handle_t *)&it.poll, NULL);
    timer_fd_close(it.fd);
    it.fd = -1;
}

static void run(bool with_libuv) {
    count = 0;
    assert_int_equal(uv_loop_init(&loop), 0);
    alarm_begin(&it, &loop, on_alarm);
    if (with_libuv)
        use_libuv();
    alarm_set(&it, next_time());
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(count, ALARMS);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void the_timer_of_the_system(void **state) {
    (void)state;
    run(false);
}

static void the_timer_of_libuv(void **state) {
    (void)state;
    run(true);
}

static void on_late_alarm(void) {
    count++;
    alarm_end(&it);
}

static void a_new_time_replaces_the_old_one(void **state) {
    uint64_t at = uv_hrtime() + 20000000;

    (void)state;
    count = 0;
    assert_int_equal(uv_loop_init(&loop), 0);
    alarm_begin(&it, &loop, on_late_alarm);
    alarm_set(&it, at - 15000000);
    alarm_set(&it, at);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(uv_hrtime() >= at);
    assert_int_equal(count, 1);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void an_alarm_that_was_not_begun_ends(void **state) {
    struct alarm none = {0};

    (void)state;
    alarm_end(&none);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_timer_of_the_system),
        cmocka_unit_test(the_timer_of_libuv),
        cmocka_unit_test(a_new_time_replaces_the_old_one),
        cmocka_unit_test(an_alarm_that_was_not_begun_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
