/* A worker that ends is replaced. Meanwhile the others work, and the port stays
   bound. */
#include "pool.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

static void a_killed_worker_is_replaced(void **state) {
    int peer = peer_open(DGRAM_UDP4), victim;

    (void)state;
    pool_open(2, "echo", 0);
    run_until(&pool.listening, 2);
    assert_int_equal(dgram_spawner_get_pid(pool.spawner, 0), pool.pid[0]);
    assert_int_equal(dgram_spawner_get_pid(pool.spawner, 2), 0);
    for (int i = 0; i < 3; i++) {
        int answered;

        victim = dgram_spawner_get_pid(pool.spawner, (unsigned)i % 2);
        assert_int_equal(kill(victim, SIGKILL), 0);
        run_until(&pool.ended, i + 1);
        answered = pool_ask(peer);
        assert_true(answered != victim && answered > 0);
        run_until(&pool.started, 3 + i);
        run_until(&pool.listening, 3 + i);
        assert_int_not_equal(pool.pid[i % 2], victim);
    }
    assert_int_equal(pool.killed, 3);
    pool_end();
    assert_int_equal(pool.killed, 3);
    assert_int_equal(pool.failed, 0);
    peer_close(peer);
}

/* The next worker gets the datagrams in the queue of the only one that died. */
static void the_queue_of_the_only_worker_is_kept(void **state) {
    int peer = peer_open(DGRAM_UDP4), before, after;

    (void)state;
    pool_open(1, "echo", 0);
    run_until(&pool.listening, 1);
    before = pool_ask(peer);
    assert_int_equal(before, pool.pid[0]);
    kill(before, SIGSTOP);
    peer_send_text(peer, "?", &pool.address);
    kill(before, SIGKILL);
    run_until(&pool.listening, 2);
    assert_int_equal(peer_receive(peer, &after, sizeof after, NULL),
                     sizeof after);
    assert_int_equal(after, pool.pid[0]);
    assert_int_not_equal(after, before);
    pool_end();
    peer_close(peer);
}

static void a_worker_that_fails_is_started_again(void **state) {
    const dgram_spawner_options options = {
        .workers = 1, .restart_min_ms = 1, .restart_max_ms = 4};

    (void)state;
    pool_open_with(options, "fails", 0);
    run_until(&pool.ended, 5);
    assert_int_equal(pool.status, 3);
    pool_end();
}

static void a_failed_start_is_reported(void **state) {
    const dgram_spawner_options options = {.workers = 1,
                                           .restart_min_ms = 1,
                                           .restart_max_ms = 4,
                                           .file = "/nonexistent/program"};

    (void)state;
    pool_open_with(options, "echo", 0);
    run_until(&pool.refused, 3);
    assert_int_equal(pool.refusal, UV_ENOENT);
    assert_int_equal(pool.started, 0);
    pool_end();
}

static void a_worker_that_does_not_end_is_killed(void **state) {
    const dgram_spawner_options options = {.workers = 2, .drain_ms = 50};

    (void)state;
    pool_open_with(options, "deaf", 0);
    run_until(&pool.listening, 2);
    pool_end();
    assert_int_equal(pool.killed, 2);
}

static void a_second_stop_kills_at_once(void **state) {
    (void)state;
    pool_open(2, "deaf", 0);
    run_until(&pool.listening, 2);
    dgram_spawner_stop(pool.spawner);
    pool_end();
    assert_int_equal(pool.killed, 2);
}

static void a_worker_that_did_not_join_gets_sigterm(void **state) {
    (void)state;
    pool_open(1, "alone", 0);
    run_until(&pool.started, 1);
    run_for(50);
    pool_end();
    assert_int_equal(pool.killed, 0);
    assert_int_equal(pool.failed, 0);
}

/* A descriptor that was opened in place of a closed stream is not inherited. */
static void stop_worker_after(const char *text, bool seen, unsigned drain_ms) {
    const dgram_spawner_options options = {.workers = 1, .drain_ms = drain_ms};
    int peer = peer_open(DGRAM_UDP4);
    char got[8];

    pool_open_with(options, "echo", 0);
    run_until(&pool.listening, 1);
    peer_send_text(peer, text, &pool.address);
    peer_receive(peer, got, sizeof got, NULL);
    run_for(seen ? 30 : 0);
    pool_end();
    assert_int_equal(pool.killed + pool.failed, 0);
    peer_close(peer);
}

/* It may be finishing its work, even if the primary has not seen it leave. */
static void a_worker_that_left_ends_by_itself(void **state) {
    (void)state;
    for (int seen = 0; seen < 2; seen++) {
        stop_worker_after("leave", seen, 20000);
        assert_int_equal(pool.signalled, 0);
    }
}

static void a_worker_that_left_and_stays_gets_sigterm(void **state) {
    (void)state;
    stop_worker_after("stay", true, 2000);
    assert_int_equal(pool.signalled, 1);
}

static void closed_streams_are_the_null_device(void **state) {
    int saved[3];

    (void)state;
    fflush(NULL);
    for (int fd = 0; fd < 3; fd++) {
        saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
        assert_true(saved[fd] >= 10);
    }
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    pool_open(1, "streams", 0);
    run_until(&pool.ended, 2);
    pool_end();
    for (int fd = 0; fd < 3; fd++) {
        dup2(saved[fd], fd);
        close(saved[fd]);
    }
    assert_int_equal(pool.status, 3);
}

/* The socket is kept longer than the longest pause that can be configured. */
static void the_longest_pause_keeps_the_port(void **state) {
    const dgram_spawner_options options = {.workers = 1,
                                           .restart_min_ms = 60000,
                                           .restart_max_ms = UINT_MAX - 9999};
    dgram_socket *probe;

    (void)state;
    pool_open_with(options, "echo", 0);
    run_until(&pool.listening, 1);
    kill(pool.pid[0], SIGKILL);
    run_until(&pool.ended, 1);
    probe = new_socket(DGRAM_UDP4);
    assert_int_equal(
        dgram_bind_sync(probe, "127.0.0.1", dgram_address_port(&pool.address)),
        UV_EADDRINUSE);
    dgram_close(probe);
    pool_end();
}

static void misuse_is_refused(void **state) {
    dgram_spawner_options options = {.size = sizeof options};
    dgram_spawner *spawner;

    (void)state;
    assert_int_equal(dgram_spawner_create(&test_loop, NULL, &spawner),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_spawner_create(&test_loop, &options, &spawner),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    options.workers = 1025;
    assert_int_equal(dgram_spawner_create(&test_loop, &options, &spawner),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    options.workers = 1;
    assert_int_equal(dgram_spawner_create(NULL, &options, &spawner), UV_EINVAL);
    options.size = 1;
    assert_int_equal(dgram_spawner_create(&test_loop, &options, &spawner),
                     DGRAM_ERR_INVALID_ARG_VALUE);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_killed_worker_is_replaced),
        IN_LOOP(the_queue_of_the_only_worker_is_kept),
        IN_LOOP(a_worker_that_fails_is_started_again),
        IN_LOOP(a_failed_start_is_reported),
        IN_LOOP(a_worker_that_does_not_end_is_killed),
        IN_LOOP(a_second_stop_kills_at_once),
        IN_LOOP(a_worker_that_did_not_join_gets_sigterm),
        IN_LOOP(a_worker_that_left_ends_by_itself),
        IN_LOOP(a_worker_that_left_and_stays_gets_sigterm),
        IN_LOOP(closed_streams_are_the_null_device),
        IN_LOOP(the_longest_pause_keeps_the_port),
        IN_LOOP(misuse_is_refused),
    };

    if (dgram_is_worker())
        return pool_work(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
