/* Every call that starting, replacing and ending worker processes leads to is
   made to fail, one at a time: a worker that could not be started is told of
   and started later, each restart comes to its end, and all processes are gone
   when the spawner is. */
#include "faults.h"

#include <signal.h>
#include <unistd.h>

#include "pool.h"

#define TURN_MS 2
#define TURNS_LASTING 15
#define TURNS_MAX 15000

static struct {
    dgram_spawner *spawner;
    int started, listening, ended, restarted, stopped; /* calls */
    int restart_status;                                /* of the latest */
    int64_t status;                                    /* of the latest end */
    dgram_address address;                             /* of `listening` */
    int answered;
} it;

static int peer = -1; /* waits for an answer */

static void on_started(dgram_spawner *spawner, unsigned worker, int pid,
                       void *data) {
    (void)data;
    assert_ptr_equal(spawner, it.spawner);
    assert_int_equal(worker, 0);
    assert_true(pid > 0);
    assert_int_equal(it.stopped, 0);
    it.started++;
}

static void on_listening(dgram_spawner *spawner, unsigned worker,
                         const dgram_address *address, void *data) {
    (void)spawner;
    (void)worker;
    (void)data;
    assert_int_equal(it.stopped, 0);
    it.address = *address;
    it.listening++;
}

/* One that could not be started has no pid, and the reason. */
static void on_ended(dgram_spawner *spawner, unsigned worker, int pid,
                     int64_t status, int signal, void *data) {
    (void)spawner;
    (void)worker;
    (void)signal;
    (void)data;
    assert_int_equal(it.stopped, 0);
    if (pid == 0) {
        assert_true(faults_explain((int)status, false));
        return;
    }
    it.status = status;
    assert_true(++it.ended <= it.started);
}

static void on_restarted(dgram_spawner *spawner, int status, void *data) {
    (void)spawner;
    (void)data;
    assert_int_equal(it.stopped, 0);
    it.restart_status = status;
    it.restarted++;
}

static void on_stopped(dgram_spawner *spawner, void *data) {
    assert_ptr_equal(spawner, it.spawner);
    assert_ptr_equal(data, &it);
    assert_int_equal(it.stopped++, 0);
    assert_int_equal(it.started, it.ended);
}

static void on_turn(uv_timer_t *timer) {
    uv_stop(timer->loop); /* older libuv would go to sleep */
}

/* Runs the loop until it comes; under a lasting fault, for some turns only. */
static bool comes(const int *value, int goal) {
    int turns = 0, lasting = 0, pid;
    uv_timer_t timer;

    uv_timer_init(&test_loop, &timer);
    uv_timer_start(&timer, on_turn, TURN_MS, TURN_MS);
    while (*value < goal && lasting < TURNS_LASTING) {
        if (turns++ == TURNS_MAX)
            fail_msg("waited in vain for %d, have %d", goal, *value);
        uv_run(&test_loop, UV_RUN_ONCE);
        if (peer >= 0 && recv(peer, &pid, sizeof pid, MSG_DONTWAIT) > 0)
            it.answered++;
        lasting += faults_met() && faults_last();
    }
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    return *value >= goal;
}

static bool open_spawner(dgram_spawner_options options,
                         const char *const *args) {
    memset(&it, 0, sizeof it);
    options.size = sizeof options;
    options.args = args;
    options.workers = 1;
    options.restart_min_ms = 1;
    options.drain_ms = 600;
    options.started = on_started;
    options.listening = on_listening;
    options.ended = on_ended;
    options.restarted = on_restarted;
    options.stopped = on_stopped;
    options.data = &it;
    return TRY(dgram_spawner_create(&test_loop, &options, &it.spawner));
}

/* Nothing keeps the stop from coming to its end. */
static void end_spawner(void) {
    run_until(&it.stopped, 1);
    run_to_end();
}

/* What is to be known of this program is asked at once. */
static void none_is_started(dgram_type type) {
    (void)type;
    if (!open_spawner((dgram_spawner_options){.file = NULL}, NULL))
        return;
    dgram_spawner_stop(it.spawner);
    end_spawner();
    assert_int_equal(it.started, 0);
}

/* It is told its descriptor and its number, whatever this process was told. */
static void one_ends_at_once(dgram_type type) {
    const char *args[] = {
        "sh", "-c", "exit $((DGRAM_CLUSTER_FD + DGRAM_CLUSTER_WORKER))", NULL};

    (void)type;
    if (!open_spawner(
            (dgram_spawner_options){.file = "/bin/sh", .signals = true}, args))
        return;
    setenv(DGRAM_CLUSTER_FD, "70", 1);
    setenv(DGRAM_CLUSTER_WORKER, "50", 1);
    if (comes(&it.ended, 1)) {
        assert_int_equal(it.status, 3);
        comes(&it.started, 2);
    }
    unsetenv(DGRAM_CLUSTER_FD);
    unsetenv(DGRAM_CLUSTER_WORKER);
    raise(SIGTERM);
    end_spawner();
}

/* Whoever has the port answers with its pid, or who has it next. */
static void ask(void) {
    faults_aside(true);
    peer = peer_open(DGRAM_UDP4);
    peer_say(peer, "?", &it.address);
    faults_aside(false);
    comes(&it.answered, 1);
    faults_aside(true);
    peer_close(peer);
    faults_aside(false);
    peer = -1;
}

/* Waits for the end of a restart, and gives whether it succeeded. */
static bool restarts(int times) {
    assert_int_equal(dgram_spawner_restart(it.spawner), 0);
    if (!comes(&it.restarted, times) || it.restart_status != 0)
        return false;
    assert_int_equal(it.restarted, times);
    return true;
}

static void one_is_replaced(dgram_type type) {
    const char *args[] = {"worker", "echo", "0", NULL};

    (void)type;
    if (!open_spawner((dgram_spawner_options){.file = NULL}, args))
        return;
    if (comes(&it.listening, 1)) {
        if (!faults_last() && dgram_address_port(&it.address) != 0)
            ask();
        if (!restarts(1) && !faults_last()) {
            assert_true(faults_met());
            assert_int_equal(it.restart_status, UV_ECANCELED);
            assert_true(restarts(2));
        }
    }
    dgram_spawner_stop(it.spawner);
    if (faults_met() && faults_last()) /* it may not hear that */
        dgram_spawner_stop(it.spawner);
    end_spawner();
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
