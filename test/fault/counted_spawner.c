/* Every call that starting, replacing and ending worker processes makes fails
   in turn. A worker that cannot be started is reported and started later, each
   restart ends, and no process outlives the spawner. */
#include "faults.h"

#include <signal.h>
#include <unistd.h>

#include "pool.h"

#define TURN_MS 2
#define TURNS_LASTING 15
#define TURNS_MAX 15000

static int peer = -1; /* waits for an answer */
static int answered;

/* For a worker that could not be started the reason is reported. */
static void on_ended(dgram_spawner *spawner, unsigned worker, int pid,
                     int64_t status, int signal, void *data) {
    (void)spawner;
    (void)worker;
    (void)signal;
    (void)data;
    if (pid == 0)
        assert_true(faults_explain((int)status, false));
}

static void on_iteration(uv_timer_t *timer) {
    uv_stop(timer->loop); /* older versions of libuv would sleep */
}

/* Runs the loop until it comes; under a lasting fault, for some iterations
   only. */
static bool comes(const int *value, int goal) {
    int turns = 0, lasting = 0, pid;
    uv_timer_t timer;

    uv_timer_init(&test_loop, &timer);
    uv_timer_start(&timer, on_iteration, TURN_MS, TURN_MS);
    while (*value < goal && lasting < TURNS_LASTING) {
        if (turns++ == TURNS_MAX)
            fail_msg("waited in vain for %d, have %d", goal, *value);
        uv_run(&test_loop, UV_RUN_ONCE);
        if (peer >= 0 && recv(peer, &pid, sizeof pid, MSG_DONTWAIT) > 0)
            answered++;
        lasting += faults_occurred() && faults_are_lasting();
    }
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    return *value >= goal;
}

static bool opens(dgram_spawner_options options, const char *work) {
    answered = 0;
    options.workers = 1;
    options.restart_min_ms = 1;
    options.drain_ms = 600;
    options.ended = on_ended;
    return TRY(pool_try(options, work, 0));
}

/* The spawner asks for the program's path and environment at once. */
static void none_is_started(dgram_type type) {
    (void)type;
    if (!opens((dgram_spawner_options){.file = NULL}, NULL))
        return;
    pool_end();
    assert_int_equal(pool.started, 0);
}

/* It gets its own descriptor and number, whatever is in this process's
   environment. */
static void one_ends_at_once(dgram_type type) {
    const char *args[] = {
        "sh", "-c", "exit $((DGRAM_CLUSTER_FD + DGRAM_CLUSTER_WORKER))", NULL};

    (void)type;
    if (!opens((dgram_spawner_options){.file = "/bin/sh",
                                       .args = args,
                                       .signals = true},
               NULL))
        return;
    setenv(DGRAM_CLUSTER_FD, "70", 1);
    setenv(DGRAM_CLUSTER_WORKER, "50", 1);
    if (comes(&pool.ended, 1)) {
        assert_int_equal(pool.status, 3);
        comes(&pool.started, 2);
    }
    unsetenv(DGRAM_CLUSTER_FD);
    unsetenv(DGRAM_CLUSTER_WORKER);
    raise(SIGTERM);
    pool_run_out();
}

/* The process that has the port, now or next, answers with its pid. */
static void ask(void) {
    faults_pause(true);
    peer = peer_open(DGRAM_UDP4);
    peer_send_text(peer, "?", &pool.address);
    faults_pause(false);
    comes(&answered, 1);
    faults_pause(true);
    peer_close(peer);
    faults_pause(false);
    peer = -1;
}

/* Waits for the end of a restart, and returns whether it succeeded. */
static bool restarts(int times) {
    assert_int_equal(dgram_spawner_restart(pool.spawner), 0);
    if (!comes(&pool.restarted, times) || pool.restart_status != 0)
        return false;
    assert_int_equal(pool.restarted, times);
    return true;
}

static void one_is_replaced(dgram_type type) {
    (void)type;
    if (!opens((dgram_spawner_options){.file = NULL}, "echo"))
        return;
    if (comes(&pool.listening, 1)) {
        if (!faults_are_lasting() && dgram_address_port(&pool.address) != 0)
            ask();
        if (!restarts(1) && !faults_are_lasting()) {
            assert_true(faults_occurred());
            assert_int_equal(pool.restart_status, UV_ECANCELED);
            assert_true(restarts(2));
        }
    }
    dgram_spawner_stop(pool.spawner);
    if (faults_occurred() && faults_are_lasting()) /* it may not receive that */
        dgram_spawner_stop(pool.spawner);
    pool_run_out();
}

#define SPAWNED(name, step)                                                    \
    static void test_##name(void **state) {                                    \
        (void)state;                                                           \
        faults_step = step;                                                    \
        faults_try(#name, name, DGRAM_UDP4);                                   \
    }

SPAWNED(none_is_started, 1)
SPAWNED(one_ends_at_once, 1)
SPAWNED(one_is_replaced, 3)

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none_is_started),
        cmocka_unit_test(test_one_ends_at_once),
        cmocka_unit_test(test_one_is_replaced),
    };

    if (dgram_is_worker())
        return pool_work(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
