/* A primary without callbacks works, and so does a worker without. */
#include "workers.h"

#define WAIT_NS 10000000000u

static void run(uv_loop_t *other, const bool *done) {
    uint64_t end = uv_hrtime() + WAIT_NS;

    while (!*done && uv_hrtime() < end) {
        uv_run(&test_loop, UV_RUN_NOWAIT);
        uv_run(other, UV_RUN_NOWAIT);
    }
    assert_true(*done);
}

static void on_bound(dgram_socket *socket, void *data) {
    (void)socket;
    *(bool *)data = true;
}

static void on_closed(dgram_socket *socket, void *data) {
    (void)socket;
    *(bool *)data = true;
}

static const dgram_events bound_events = {.size = sizeof bound_events,
                                          .listening = on_bound};
static const dgram_events closed_events = {.size = sizeof closed_events,
                                           .close = on_closed};

/* The worker closes its socket itself when it is asked to end. */
static void no_callback_is_called(void **state) {
    const dgram_primary_options none = {.size = sizeof none};
    dgram_worker_options options = {.size = sizeof options};
    dgram_listener listener, other;
    bool bound = false, closed = false;
    dgram_primary *primary;
    dgram_connection *connection;
    dgram_socket *socket;
    uv_loop_t loop;

    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(dgram_primary_create(&test_loop, &none, &primary), 0);
    assert_int_equal(dgram_primary_add(primary, NULL, &connection, &options.fd),
                     0);
    assert_int_equal(dgram_worker_join(&loop, &options), 0);
    assert_int_equal(dgram_worker_ready(&loop), 0);
    assert_int_equal(dgram_create(&loop, DGRAM_UDP4, &socket), 0);
    dgram_on(socket, &listener, &bound_events, &bound);
    dgram_on(socket, &other, &closed_events, &closed);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    run(&loop, &bound);
    assert_true(dgram_connection_is_ready(connection, NULL));
    assert_int_equal(dgram_connection_stop(connection), 0);
    run(&loop, &closed);
    assert_int_equal(dgram_worker_stop(&loop), 0); /* it is stopping already */
    assert_int_equal(dgram_worker_leave(&loop), 0);
    while (uv_run(&loop, UV_RUN_NOWAIT) != 0)
        uv_run(&test_loop, UV_RUN_NOWAIT);
    assert_int_equal(uv_loop_close(&loop), 0);
    dgram_primary_close(primary);
    dgram_primary_close(primary); /* a second call does nothing */
}

static void options_are_checked(void **state) {
    dgram_primary_options wrong = {.size = 1}, right = {.size = sizeof right};
    dgram_primary *primary;

    (void)state;
    assert_int_equal(dgram_primary_create(&test_loop, NULL, &primary),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_primary_create(&test_loop, &wrong, &primary),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_primary_create(NULL, &right, &primary), UV_EINVAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(no_callback_is_called),
        IN_LOOP(options_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
