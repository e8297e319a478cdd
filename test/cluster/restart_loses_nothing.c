/* During a rolling restart and a stop under load, each datagram that the kernel
   accepted is answered, by the old worker or its replacement. */
#include "load.h"
#include "workers.h"

#include <signal.h>
#include <unistd.h>

#define IN_FLIGHT 100u /* fewer than the receive buffer holds */
#define DATAGRAMS_MAX 400000u

static void restart_under_load(const char *work) {
    int before[2];

    pool_open(2, work, 0);
    run_until(&pool.listening, 2);
    load_begin(IN_FLIGHT, DATAGRAMS_MAX);
    for (int turn = 1; turn <= 2; turn++) {
        memcpy(before, pool.pid, sizeof before);
        assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
        run_until(&pool.restarted, turn);
        assert_int_equal(pool.restart_status, 0);
        assert_int_equal(dgram_spawner_get_pid(pool.spawner, 0), pool.pid[0]);
        assert_int_not_equal(pool.pid[0], before[0]);
        assert_int_not_equal(pool.pid[1], before[1]);
    }
    load_stop();
    load_settle(true);
    assert_true(load.sent > IN_FLIGHT);
    assert_int_equal(pool.started, 6);
    assert_int_equal(pool.ended, 4);
    pool_end();
    assert_int_equal(pool.failed, 0);
    assert_int_equal(pool.killed, 0);
    load_end();
}

static void immediate_answers_are_sent(void **state) {
    (void)state;
    restart_under_load("echo");
}

/* The workers answer from a timer. */
static void late_answers_are_sent(void **state) {
    (void)state;
    restart_under_load("late");
}

/* Each worker gets SIGTERM instead of a message. */
static void workers_stopped_by_a_signal_lose_nothing(void **state) {
    (void)state;
    pool_open(2, "echo", 0);
    run_until(&pool.listening, 2);
    load_begin(IN_FLIGHT, DATAGRAMS_MAX);
    for (int i = 0; i < 6; i++) {
        kill(pool.pid[i % 2], SIGTERM);
        run_until(&pool.ended, i + 1);
        run_until(&pool.listening, 3 + i);
    }
    load_stop();
    load_settle(true);
    pool_end();
    assert_int_equal(pool.failed, 0);
    load_end();
}

static void a_replacement_that_fails_changes_nothing(void **state) {
    dgram_spawner_options options = {
        .workers = 2, .restart_min_ms = 5, .ready_ms = 100};
    int before[2];

    (void)state;
    /* It shares no socket of the current one, for it binds nothing. */
    pool_open_with(options, "changing", 0);
    run_until(&pool.listening, 2);
    memcpy(before, pool.pid, sizeof before);
    assert_int_equal(setenv("TEST_POOL_CHANGED", "1", 1), 0);
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    run_until(&pool.restarted, 1);
    assert_int_equal(pool.restart_status, UV_ECANCELED);
    assert_int_equal(dgram_spawner_get_pid(pool.spawner, 0), before[0]);
    /* A second request: one more restart. */
    run_until(&pool.restarted, 2);
    assert_int_equal(pool.restart_status, UV_ECANCELED);
    assert_int_equal(dgram_spawner_get_pid(pool.spawner, 0), before[0]);
    assert_int_equal(dgram_spawner_get_pid(pool.spawner, 1), before[1]);
    unsetenv("TEST_POOL_CHANGED");
    dgram_spawner_stop(pool.spawner);
    assert_int_equal(dgram_spawner_restart(pool.spawner), UV_ECANCELED);
    pool_end();
}

/* A replacement without a connection is not ready, even if the current worker
   dies in this time. */
static void a_replacement_that_left_is_not_ready(void **state) {
    const dgram_spawner_options options = {
        .workers = 1, .restart_min_ms = 5, .ready_ms = 1000};

    int before;

    (void)state;
    pool_open_with(options, "changing", 0);
    run_until(&pool.listening, 1);
    before = count_descriptors();
    assert_int_equal(setenv("TEST_POOL_CHANGED", "leaves", 1), 0);
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    run_until(&pool.started, 2);
    unsetenv("TEST_POOL_CHANGED");
    for (int i = 0; i < 500 && count_descriptors() > before; i++)
        run_for(10); /* it leaves */
    kill(dgram_spawner_get_pid(pool.spawner, 0), SIGKILL);
    run_until(&pool.restarted, 1);
    assert_int_equal(pool.restart_status, UV_ECANCELED);
    run_until(&pool.listening, 2);
    assert_int_equal(pool.killed, 2);
    pool_end();
}

/* A restart that failed had asked the current worker to end. It ends during the
   next restart, whose replacement is not ready yet. */
static void an_earlier_restart_makes_no_replacement_ready(void **state) {
    const dgram_spawner_options options = {
        .workers = 1, .restart_min_ms = 5, .drain_ms = 1000, .ready_ms = 1500};

    (void)state;
    pool_open_with(options, "deaf", 0);
    run_until(&pool.listening, 1);
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    run_until(&pool.listening, 2);
    kill(pool.pid[0], SIGKILL);
    run_until(&pool.restarted, 1);
    assert_int_equal(pool.restart_status, UV_ECANCELED);
    assert_int_equal(setenv("TEST_POOL_CHANGED", "alone", 1), 0);
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    run_until(&pool.started, 3);
    unsetenv("TEST_POOL_CHANGED");
    run_until(&pool.restarted, 2);
    assert_int_equal(pool.restart_status, UV_ECANCELED);
    run_until(&pool.listening, 3);
    assert_int_equal(pool.killed, 3);
    pool_end();
}

/* A worker that shares nothing calls dgram_worker_ready(). */
static void a_worker_may_say_that_it_is_ready(void **state) {
    const dgram_spawner_options options = {.workers = 1, .ready_ms = 5000};

    (void)state;
    pool_open_with(options, "changing", 0);
    run_until(&pool.listening, 1);
    assert_int_equal(setenv("TEST_POOL_CHANGED", "ready", 1), 0);
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    run_until(&pool.restarted, 1);
    assert_int_equal(pool.restart_status, 0);
    unsetenv("TEST_POOL_CHANGED");
    pool_end();
}

static void signals_restart_and_stop(void **state) {
    const dgram_spawner_options options = {.workers = 2, .signals = true};

    (void)state;
    pool_open_with(options, "echo", 0);
    run_until(&pool.listening, 2);
    kill(getpid(), SIGHUP);
    run_until(&pool.restarted, 1);
    assert_int_equal(pool.restart_status, 0);
    kill(getpid(), SIGTERM);
    run_until(&pool.stopped, 1);
    assert_int_equal(pool.failed, 0);
    assert_int_equal(pool.ended, 4);
}

/* One to the process and one to its group: not a request to kill. */
static void two_signals_at_once_stop_once(void **state) {
    const dgram_spawner_options options = {.workers = 2, .signals = true};

    (void)state;
    pool_open_with(options, "late", 0);
    run_until(&pool.listening, 2);
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGINT);
    run_until(&pool.stopped, 1);
    assert_int_equal(pool.killed, 0);
    assert_int_equal(pool.ended, 2);
}

static void a_signal_after_a_stop_kills(void **state) {
    const dgram_spawner_options options = {.workers = 2, .signals = true};

    (void)state;
    pool_open_with(options, "deaf", 0);
    run_until(&pool.listening, 2);
    dgram_spawner_stop(pool.spawner);
    kill(getpid(), SIGTERM);
    run_until(&pool.stopped, 1);
    assert_int_equal(pool.killed, 2);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(immediate_answers_are_sent),
        IN_LOOP(late_answers_are_sent),
        IN_LOOP(workers_stopped_by_a_signal_lose_nothing),
        IN_LOOP(a_replacement_that_fails_changes_nothing),
        IN_LOOP(a_replacement_that_left_is_not_ready),
        IN_LOOP(an_earlier_restart_makes_no_replacement_ready),
        IN_LOOP(a_worker_may_say_that_it_is_ready),
        IN_LOOP(signals_restart_and_stop),
        IN_LOOP(two_signals_at_once_stop_once),
        IN_LOOP(a_signal_after_a_stop_kills),
    };

    if (dgram_is_worker())
        return pool_work(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
