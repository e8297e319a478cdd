/* A new socket has no descriptor, no address, no peer and an empty queue. */
#include "peer.h"

static void it_is_empty(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    dgram_address address;
    int mark;

    assert_ptr_equal(dgram_get_loop(socket), &test_loop);
    assert_int_equal(dgram_get_type(socket), type);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    assert_int_equal(dgram_get_local_address(socket, &address), UV_EBADF);
    assert_int_equal(dgram_get_remote_address(socket, &address),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    assert_int_equal(dgram_disconnect(socket),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    assert_int_equal(dgram_get_send_queue_size(socket), 0);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    assert_int_equal(dgram_get_unhandled_error_count(socket), 0);
    assert_int_equal(dgram_flush(socket), 0);

    assert_null(dgram_get_data(socket));
    dgram_set_data(socket, &mark);
    assert_ptr_equal(dgram_get_data(socket), &mark);
    dgram_set_data(socket, NULL);
    assert_null(dgram_get_data(socket));
    assert_int_equal(dgram_close(socket), 0);
}
BOTH(it_is_empty)

static void it_has_no_last_error(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    const dgram_error *error = dgram_last_error(socket);

    assert_non_null(error);
    assert_int_equal(error->code, 0);
    assert_int_equal(error->cause, 0);
    dgram_close(socket);
}
BOTH(it_has_no_last_error)

static void it_does_not_keep_the_loop_running(dgram_type type) {
    dgram_socket *socket = new_socket(type);

    run_to_end();
    dgram_close(socket);
}
BOTH(it_does_not_keep_the_loop_running)

static void close_is_emitted_once(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_close(socket), 0);
    assert_int_equal(dgram_close(socket), DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(recorder.closed, 0);
    run_to_end();
    assert_string_equal(recorder.log, "x");
}
BOTH(close_is_emitted_once)

static void the_library_has_a_version(void **state) {
    (void)state;
    assert_string_equal(dgram_version(), DGRAM_VERSION_STRING);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(it_is_empty),
        IN_LOOP_BOTH(it_has_no_last_error),
        IN_LOOP_BOTH(it_does_not_keep_the_loop_running),
        IN_LOOP_BOTH(close_is_emitted_once),
        cmocka_unit_test(the_library_has_a_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
