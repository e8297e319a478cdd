/* Calls from within callbacks, and memory that runs out while workers start:
   the number of workers stays what it is to be, and all of them end. */
#include "memory.h"
#include "pool.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
    dgram_spawner *spawner;
    int started, ended, listening, restarted, stopped; /* calls */
    int asks;           /* restarts to ask for from within `restarted` */
    bool stops;         /* from within `restarted`, the first time */
    int restart_status; /* what all say, or all after that stop */
} it;

static void on_started(dgram_spawner *spawner, unsigned worker, int pid,
                       void *data) {
    (void)spawner;
    (void)worker;
    (void)data;
    assert_true(pid > 0);
    it.started++;
}

static void on_listening(dgram_spawner *spawner, unsigned worker,
                         const dgram_address *address, void *data) {
    (void)spawner;
    (void)worker;
    (void)address;
    (void)data;
    it.listening++;
}

static void on_ended(dgram_spawner *spawner, unsigned worker, int pid,
                     int64_t status, int signal, void *data) {
    (void)spawner;
    (void)worker;
    (void)signal;
    (void)data;
    if (pid > 0)
        it.ended++;
    else
        assert_int_equal(status, UV_ENOMEM);
}

static void on_restarted(dgram_spawner *spawner, int status, void *data) {
    (void)data;
    assert_int_equal(status, it.restart_status);
    assert_int_equal(it.stopped, 0);
    it.restarted++;
    if (it.asks-- > 0)
        assert_int_equal(dgram_spawner_restart(spawner), 0);
    if (it.stops) {
        it.stops = false;
        it.restart_status = UV_ECANCELED;
        dgram_spawner_stop(spawner);
    }
}

static void on_stopped(dgram_spawner *spawner, void *data) {
    (void)spawner;
    (void)data;
    it.stopped++;
}

static int open_spawner(const char *work) {
    const char *args[] = {"test", work, "0", NULL};
    const dgram_spawner_options options = {.size = sizeof options,
                                           .args = args,
                                           .workers = 1,
                                           .restart_min_ms = 1,
                                           .started = on_started,
                                           .listening = on_listening,
                                           .ended = on_ended,
                                           .restarted = on_restarted,
                                           .stopped = on_stopped};

    memset(&it, 0, sizeof it);
    return dgram_spawner_create(&test_loop, &options, &it.spawner);
}

static void stop(void) {
    dgram_spawner_stop(it.spawner);
    run_until(&it.stopped, 1);
    run_to_end();
    assert_int_equal(it.started, it.ended);
}

/* One restart is under way, the next is asked for, and its end asks for that
   again: once more, and not twice at once. */
static void a_restart_asks_for_the_next(void **state) {
    (void)state;
    assert_int_equal(open_spawner("echo"), 0);
    run_until(&it.listening, 1);
    it.asks = 1;
    assert_int_equal(dgram_spawner_restart(it.spawner), 0);
    assert_int_equal(dgram_spawner_restart(it.spawner), 0);
    run_until(&it.restarted, 2);
    run_for(100);
    assert_int_equal(it.restarted, 2);
    assert_int_equal(it.started, 3);
    assert_int_equal(it.ended, 2);
    stop();
}

/* Each restart that was promised is told of, whenever the stop comes. */
static void a_stop_ends_the_restart(void **state) {
    (void)state;
    for (int late = 0; late < 2; late++) {
        assert_int_equal(open_spawner("echo"), 0);
        it.restart_status = UV_ECANCELED;
        run_until(&it.listening, 1);
        assert_int_equal(dgram_spawner_restart(it.spawner), 0);
        if (late)
            run_until(&it.started, 2);
        assert_int_equal(dgram_spawner_restart(it.spawner), 0);
        dgram_spawner_stop(it.spawner);
        assert_int_equal(it.restarted, 0);
        stop();
        assert_int_equal(it.restarted, 2);
    }
    assert_int_equal(open_spawner("echo"), 0);
    stop();
    assert_int_equal(it.restarted, 0);
}

/* The end of the first stops the spawner: the second is told of too. */
static void a_restart_that_stops_ends_the_next(void **state) {
    (void)state;
    assert_int_equal(open_spawner("echo"), 0);
    run_until(&it.listening, 1);
    it.stops = true;
    assert_int_equal(dgram_spawner_restart(it.spawner), 0);
    assert_int_equal(dgram_spawner_restart(it.spawner), 0);
    run_until(&it.stopped, 1);
    assert_int_equal(it.restarted, 2);
    assert_int_equal(it.restart_status, UV_ECANCELED);
    run_to_end();
    assert_int_equal(it.started, it.ended);
}

/* While this process is stopped, or its loop held up, workers cannot do what
   they have a time for; nor is it known that they have done it. */
static void a_time_in_which_nothing_runs_is_not_up(void **state) {
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
    run_until(&pool.stopped, 1);
    run_to_end();
    assert_int_equal(pool.killed, 0);
}

static void memory_runs_out(void **state) {
    int n = 0;

    (void)state;
    do {
        memory_begin();
        memory.until_failure = n++;
        if (open_spawner("fails") == 0) {
            run_until(&it.started, 1);
            stop();
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
        IN_LOOP(a_restart_asks_for_the_next),
        IN_LOOP(a_stop_ends_the_restart),
        IN_LOOP(a_restart_that_stops_ends_the_next),
        IN_LOOP(a_time_in_which_nothing_runs_is_not_up),
        IN_LOOP(memory_runs_out),
    };

    if (dgram_is_worker())
        return pool_work(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
