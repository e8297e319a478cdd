/* Workers, primaries and spawners also end when the program closes all handles
   of their loops with uv_walk() and uv_close(), before or after it calls the
   library. A new loop at the address of an old one has not joined. */
#include "memory.h"
#include "pool.h"
#include "workers.h"

#include <unistd.h>

static uv_loop_t worker_loop;
static dgram_primary *primary;
static dgram_connection *connection;
static int closed; /* calls */
static int descriptors;

static void close_handle(uv_handle_t *handle, void *data) {
    (void)data;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void on_closed(dgram_primary *it, void *data) {
    (void)it;
    (void)data;
    closed++;
}

static int begin(void **state) {
    const dgram_primary_options options = {
        .size = sizeof options, .linger_ms = 1000, .closed = on_closed};
    dgram_worker_options joining = {.size = sizeof joining, .signals = true};

    (void)state;
    memory_begin();
    closed = 0;
    /* libuv keeps descriptors of the first loop of a process open. */
    assert_int_equal(uv_loop_init(&test_loop), 0);
    assert_int_equal(uv_loop_close(&test_loop), 0);
    descriptors = count_descriptors();
    assert_int_equal(uv_loop_init(&test_loop), 0);
    assert_int_equal(uv_loop_init(&worker_loop), 0);
    assert_int_equal(dgram_primary_create(&test_loop, &options, &primary), 0);
    assert_int_equal(dgram_primary_add(primary, NULL, &connection, &joining.fd),
                     0);
    assert_int_equal(dgram_worker_join(&worker_loop, &joining), 0);
    return 0;
}

static void run_both(void) {
    for (int i = 0; i < 30; i++) {
        uv_run(&test_loop, UV_RUN_NOWAIT);
        uv_run(&worker_loop, UV_RUN_NOWAIT);
    }
}

static int end(void **state) {
    (void)state;
    run_both();
    if (uv_loop_close(&test_loop) != 0 || uv_loop_close(&worker_loop) != 0 ||
        memory.blocks != 0 || closed != 1 || count_descriptors() != descriptors)
        return -1;
    memory_end();
    return 0;
}

/* ---- A worker ----------------------------------------------------------- */

static void worker_leaves(void **state) {
    (void)state;
    run_both();
    assert_int_equal(dgram_worker_leave(&worker_loop), 0);
    uv_walk(&worker_loop, close_handle, NULL);
    dgram_primary_close(primary);
}

static void worker_leaves_after_its_handles(void **state) {
    (void)state;
    run_both();
    uv_walk(&worker_loop, close_handle, NULL);
    assert_int_equal(dgram_worker_leave(&worker_loop), 0);
    run_both();
    dgram_primary_close(primary);
}

static void worker_leaves_after_its_loop(void **state) {
    (void)state;
    run_both();
    uv_walk(&worker_loop, close_handle, NULL);
    run_both();
    assert_int_equal(uv_loop_close(&worker_loop), 0);
    assert_int_equal(dgram_worker_leave(&worker_loop), 0);
    assert_int_equal(uv_loop_init(&worker_loop), 0);
    dgram_primary_close(primary);
}

static void join_again(int result) {
    dgram_worker_options joining = {.size = sizeof joining};
    dgram_connection *next;

    assert_int_equal(dgram_primary_add(primary, NULL, &next, &joining.fd), 0);
    assert_int_equal(dgram_worker_join(&worker_loop, &joining), result);
    if (result == 0)
        assert_int_equal(dgram_worker_leave(&worker_loop), 0);
    else
        close(joining.fd);
}

static void new_loop_may_join(void **state) {
    (void)state;
    run_both();
    assert_int_equal(dgram_worker_leave(&worker_loop), 0);
    join_again(UV_EALREADY);
    uv_walk(&worker_loop, close_handle, NULL);
    run_both();
    assert_int_equal(uv_loop_close(&worker_loop), 0);
    assert_int_equal(uv_loop_init(&worker_loop), 0);
    join_again(0);
    dgram_primary_close(primary);
}

/* A bind that waits fails, and a shared socket can be closed. */
static void worker_has_sockets(void **state) {
    dgram_socket *sockets[2];
    struct recorder recorders[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(dgram_create(&worker_loop, DGRAM_UDP4, &sockets[i]),
                         0);
        record_events(&recorders[i], sockets[i]);
        assert_int_equal(dgram_bind(sockets[i], "127.0.0.1", 0), 0);
        if (i == 0)
            run_both();
    }
    uv_run(&worker_loop, UV_RUN_NOWAIT);
    assert_int_equal(recorders[0].listening, 1);
    uv_walk(&worker_loop, close_handle, NULL);
    assert_int_equal(dgram_worker_leave(&worker_loop), 0);
    uv_run(&worker_loop, UV_RUN_DEFAULT);
    for (int i = 0; i < 2; i++)
        assert_int_equal(dgram_close(sockets[i]), 0);
    uv_run(&worker_loop, UV_RUN_DEFAULT);
    assert_int_equal(recorders[0].closed + recorders[1].closed, 2);
    dgram_primary_close(primary);
}

/* ---- A primary ---------------------------------------------------------- */

static void primary_closes(void **state) {
    (void)state;
    run_both();
    dgram_primary_close(primary);
    uv_walk(&test_loop, close_handle, NULL);
    uv_run(&test_loop, UV_RUN_DEFAULT);
    assert_int_equal(dgram_worker_leave(&worker_loop), 0);
}

static void primary_closes_after_its_handles(void **state) {
    (void)state;
    run_both();
    uv_walk(&test_loop, close_handle, NULL);
    assert_int_equal(dgram_connection_stop(connection), 0);
    uv_run(&test_loop, UV_RUN_DEFAULT);
    dgram_primary_close(primary);
    uv_run(&test_loop, UV_RUN_DEFAULT);
    assert_int_equal(dgram_worker_leave(&worker_loop), 0);
}

static void primary_closes_after_its_loop(void **state) {
    (void)state;
    run_both();
    uv_walk(&test_loop, close_handle, NULL);
    uv_run(&test_loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&test_loop), 0);
    dgram_primary_close(primary);
    assert_int_equal(closed, 1);
    assert_int_equal(uv_loop_init(&test_loop), 0);
    assert_int_equal(dgram_worker_leave(&worker_loop), 0);
}

/* ---- A spawner ---------------------------------------------------------- */

static void spawner_stops_after_its_handles(void **state) {
    (void)state;
    pool_open(2, "echo", 0);
    run_until(&pool.listening, 2);
    uv_walk(&test_loop, close_handle, NULL);
    uv_run(&test_loop, UV_RUN_DEFAULT);
    assert_int_equal(dgram_spawner_restart(pool.spawner), UV_ECANCELED);
    dgram_spawner_stop(pool.spawner);
    pool_run_out();
    assert_int_equal(pool.ended, 2);
}

static void spawner_stops_before_its_handles(void **state) {
    (void)state;
    pool_open(2, "echo", 0);
    run_until(&pool.listening, 2);
    dgram_spawner_stop(pool.spawner);
    uv_walk(&test_loop, close_handle, NULL);
    pool_run_out();
    assert_int_equal(pool.ended, 2);
}

#define WALKED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        WALKED(worker_leaves),
        WALKED(worker_leaves_after_its_handles),
        WALKED(worker_leaves_after_its_loop),
        WALKED(new_loop_may_join),
        WALKED(worker_has_sockets),
        WALKED(primary_closes),
        WALKED(primary_closes_after_its_handles),
        WALKED(primary_closes_after_its_loop),
        IN_LOOP(spawner_stops_after_its_handles),
        IN_LOOP(spawner_stops_before_its_handles),
    };

    if (dgram_is_worker())
        return pool_work(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
