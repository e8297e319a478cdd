/* The hook for unhandled errors ends with the last socket of its loop. The loop
   can then be closed, and a new loop at its address has no hook. */
#include "memory.h"
#include "peer.h"

static const char too_long[70000];

static void count(dgram_socket *socket, const dgram_error *error, void *data) {
    (void)socket;
    (void)error;
    ++*(int *)data;
}

static void fail_once(dgram_socket *socket) {
    dgram_address there = address_of("127.0.0.1", 9);

    assert_int_equal(
        dgram_send(socket, too_long, sizeof too_long, &there, NULL, NULL), 0);
    while (dgram_get_unhandled_error_count(socket) == 0)
        uv_run(&test_loop, UV_RUN_ONCE);
}

static void close_it(uv_handle_t *handle, void *data) {
    (void)data;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void begin(void) {
    memory_begin();
    assert_int_equal(uv_loop_init(&test_loop), 0);
}

static void end(void) {
    uv_run(&test_loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&test_loop), 0);
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

/* Errors of a loop at the same address do not reach the old hook. */
static void expect_no_hook(const int *calls) {
    int before = *calls;
    dgram_socket *socket;

    begin();
    socket = new_bound(DGRAM_UDP4);
    fail_once(socket);
    assert_int_equal(*calls, before);
    dgram_close(socket);
    end();
}

static void it_ends_with_the_last_socket(void **state) {
    int calls = 0;
    dgram_socket *one, *other;

    (void)state;
    begin();
    one = new_bound(DGRAM_UDP4);
    other = new_bound(DGRAM_UDP4);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, count, &calls), 0);
    dgram_close(one);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    fail_once(other);
    assert_int_equal(calls, 1);
    dgram_close(other);
    end();
    expect_no_hook(&calls);
}

/* One socket may follow another without a gap. */
static void it_stays_between_two_sockets(void **state) {
    int calls = 0;
    dgram_socket *one, *other;

    (void)state;
    begin();
    assert_int_equal(dgram_on_unhandled_error(&test_loop, count, &calls), 0);
    one = new_bound(DGRAM_UDP4);
    dgram_close(one);
    other = new_bound(DGRAM_UDP4);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    uv_run(&test_loop, UV_RUN_NOWAIT);
    fail_once(other);
    assert_int_equal(calls, 1);
    dgram_close(other);
    end();
}

static void a_pending_hook_keeps_the_loop_running(void **state) {
    int calls = 0;

    (void)state;
    begin();
    assert_int_equal(dgram_on_unhandled_error(&test_loop, count, &calls), 0);
    assert_int_equal(uv_run(&test_loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(&test_loop), UV_EBUSY);
    assert_int_equal(dgram_on_unhandled_error(&test_loop, NULL, NULL), 0);
    end();
    expect_no_hook(&calls);
}

static void it_ends_when_all_handles_are_closed(void **state) {
    dgram_socket *socket;
    int calls = 0;

    (void)state;
    begin();
    assert_int_equal(dgram_on_unhandled_error(&test_loop, count, &calls), 0);
    uv_walk(&test_loop, close_it, NULL);
    uv_run(&test_loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&test_loop), 0);
    assert_int_equal(uv_loop_init(&test_loop), 0);
    socket = new_bound(DGRAM_UDP4);
    fail_once(socket);
    assert_int_equal(calls, 0);
    dgram_close(socket);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_ends_with_the_last_socket),
        cmocka_unit_test(it_stays_between_two_sockets),
        cmocka_unit_test(a_pending_hook_keeps_the_loop_running),
        cmocka_unit_test(it_ends_when_all_handles_are_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
