/* The spawner is called from its own callbacks, and memory runs out while
   workers start: the number of workers stays as configured, and all end. */
#include "memory.h"
#include "pool.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
    int asks;           /* restarts to request in `restarted` */
    bool stops;         /* in the first `restarted` */
    int restart_status; /* of all, or of all after that stop */
} it;

static void on_ended(dgram_spawner *spawner, unsigned worker, int pid,
                     int64_t status, int signal, void *data) {
    (void)spawner;
    (void)worker;
    (void)signal;
    (void)data;
    if (pid == 0)
        assert_int_equal(status, UV_ENOMEM);
}

static void on_restarted(dgram_spawner *spawner, int status, void *data) {
    (void)data;
    assert_int_equal(status, it.restart_status);
    if (it.asks-- > 0)
        assert_int_equal(dgram_spawner_restart(spawner), 0);
    if (it.stops) {
        it.stops = false;
        it.restart_status = UV_ECANCELED;
        dgram_spawner_stop(spawner);
    }
}

static int try_one(const char *work) {
    const dgram_spawner_options options = {.workers = 1,
                                           .restart_min_ms = 1,
                                           .ended = on_ended,
                                           .restarted = on_restarted};

    memset(&it, 0, sizeof it);
    return pool_try(options, work, 0);
}

static void open_echo(void) {
    assert_int_equal(try_one("echo"), 0);
}

/* During a restart the next is requested, and its `restarted` requests it
   again: one more restart follows. */
static void a_restart_requests_the_next(void **state) {
    (void)state;
    open_echo();
    run_until(&pool.listening, 1);
    it.asks = 1;
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    run_until(&pool.restarted, 2);
    run_for(100);
    assert_int_equal(pool.restarted, 2);
    assert_int_equal(pool.started, 3);
    assert_int_equal(pool.ended, 2);
    pool_end();
}

/* Each requested restart is reported, whenever the stop is called. */
static void a_stop_ends_the_restart(void **state) {
    (void)state;
    for (int late = 0; late < 2; late++) {
        open_echo();
        it.restart_status = UV_ECANCELED;
        run_until(&pool.listening, 1);
        assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
        if (late)
            run_until(&pool.started, 2);
        assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
        dgram_spawner_stop(pool.spawner);
        assert_int_equal(pool.restarted, 0);
        pool_end();
        assert_int_equal(pool.restarted, 2);
    }
    open_echo();
    pool_end();
    assert_int_equal(pool.restarted, 0);
}

/* The first `restarted` stops the spawner: the second restart is reported, too.
 */
static void a_restart_that_stops_ends_the_next(void **state) {
    (void)state;
    open_echo();
    run_until(&pool.listening, 1);
    it.stops = true;
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    run_until(&pool.stopped, 1);
    assert_int_equal(pool.restarted, 2);
    assert_int_equal(it.restart_status, UV_ECANCELED);
    run_to_end();
}

/* While this process is stopped, or its loop is blocked, it does not see what
   workers do. */
static void time_limits_do_not_pass_while_the_primary_is_stopped(void **state) {
    const dgram_spawner_options options = {
        .workers = 1, .drain_ms = 1000, .ready_ms = 1000};

    (void)state;
    pool_open_with(options, "echo", 0);
    run_until(&pool.listening, 1);
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    run_until(&pool.started, 2);
    usleep(1100 * 1000);
    run_until(&pool.restarted, 1);
    assert_int_equal(pool.restart_status, 0);
    assert_int_equal(kill(pool.pid[0], SIGSTOP), 0);
    dgram_spawner_stop(pool.spawner);
    usleep(1100 * 1000);
    assert_int_equal(kill(pool.pid[0], SIGCONT), 0);
    pool_run_out();
    assert_int_equal(pool.killed, 0);
}

static void memory_runs_out(void **state) {
    int n = 0;

    (void)state;
    do {
        memory_begin();
        memory.until_failure = n++;
        if (try_one("fails") == 0) {
            run_until(&pool.started, 1);
            pool_end();
        } else {
            assert_int_equal(memory.failures, 1);
        }
        run_to_end();
        assert_int_equal(memory.blocks, 0);
        memory_end();
    } while (memory.failures > 0);
    assert_true(n > 4);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_restart_requests_the_next),
        IN_LOOP(a_stop_ends_the_restart),
        IN_LOOP(a_restart_that_stops_ends_the_next),
        IN_LOOP(time_limits_do_not_pass_while_the_primary_is_stopped),
        IN_LOOP(memory_runs_out),
    };

    if (dgram_is_worker())
        return pool_work(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
