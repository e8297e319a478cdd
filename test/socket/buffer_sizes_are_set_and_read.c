/* Kernel buffer sizes are set at bind or later. A failure has its cause. */
#include "peer.h"

static bool is_size(int value, int size) {
    return value == size || value == 2 * size; /* Linux doubles */
}

static void check_error(dgram_socket *socket, int result, int cause,
                        const char *syscall) {
    const dgram_error *error = dgram_last_error(socket);

    assert_int_equal(result, DGRAM_ERR_SOCKET_BUFFER_SIZE);
    assert_int_equal(error->code, DGRAM_ERR_SOCKET_BUFFER_SIZE);
    assert_int_equal(error->cause, cause);
    assert_string_equal(error->syscall, syscall);
}

static void set_and_get(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int receive = dgram_get_receive_buffer_size(socket);
    int send = dgram_get_send_buffer_size(socket);

    assert_true(receive > 0);
    assert_true(send > 0);
    assert_int_equal(dgram_set_receive_buffer_size(socket, 0), 0);
    assert_int_equal(dgram_set_send_buffer_size(socket, 0), 0);
    assert_int_equal(dgram_get_receive_buffer_size(socket), receive);
    assert_int_equal(dgram_get_send_buffer_size(socket), send);
    assert_int_equal(dgram_set_receive_buffer_size(socket, 30000), 0);
    assert_int_equal(dgram_set_send_buffer_size(socket, 40000), 0);
    assert_true(is_size(dgram_get_receive_buffer_size(socket), 30000));
    assert_true(is_size(dgram_get_send_buffer_size(socket), 40000));
    /* The kernel raises sizes that are too small and lowers those that are too
       large. */
    assert_int_equal(dgram_set_receive_buffer_size(socket, 1), 0);
    assert_true(dgram_get_receive_buffer_size(socket) > 1);
    assert_int_equal(dgram_set_receive_buffer_size(socket, 0x7fffffffu), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(set_and_get)

static void at_creation(dgram_type type) {
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .receive_buffer_size = 30000,
                             .send_buffer_size = 40000};
    dgram_socket *early = new_socket_with(&options);
    dgram_socket *later = new_socket_with(&options);
    dgram_socket *implicit = new_socket_with(&options);
    struct recorder recorder;

    assert_int_equal(dgram_bind_sync(early, loopback(type), 0), 0);
    record_events(&recorder, later);
    assert_int_equal(dgram_bind(later, loopback(type), 0), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(dgram_connect_sync(implicit, NULL, 9), 0);
    assert_true(is_size(dgram_get_receive_buffer_size(early), 30000));
    assert_true(is_size(dgram_get_send_buffer_size(early), 40000));
    assert_true(is_size(dgram_get_receive_buffer_size(later), 30000));
    assert_true(is_size(dgram_get_send_buffer_size(later), 40000));
    assert_true(is_size(dgram_get_receive_buffer_size(implicit), 30000));
    assert_true(is_size(dgram_get_send_buffer_size(implicit), 40000));
    dgram_close(early);
    dgram_close(later);
    dgram_close(implicit);
    run_to_end();
}
BOTH(at_creation)

static void while_unbound(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    char text[128];

    check_error(socket, dgram_get_receive_buffer_size(socket), UV_EBADF,
                "uv_recv_buffer_size");
    check_error(socket, dgram_get_send_buffer_size(socket), UV_EBADF,
                "uv_send_buffer_size");
    check_error(socket, dgram_set_receive_buffer_size(socket, 1000), UV_EBADF,
                "uv_recv_buffer_size");
    check_error(socket, dgram_set_receive_buffer_size(socket, UINT32_MAX),
                UV_EINVAL, "uv_recv_buffer_size");
    check_error(socket, dgram_set_send_buffer_size(socket, 1000), UV_EBADF,
                "uv_send_buffer_size");
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text,
                        "Could not get or set buffer size: uv_send_buffer_size "
                        "returned EBADF (bad file descriptor)");
    dgram_close(socket);
    run_to_end();
}
BOTH(while_unbound)

static void two_to_the_31_is_refused(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int receive = dgram_get_receive_buffer_size(socket);

    check_error(socket, dgram_set_receive_buffer_size(socket, 0x80000000u),
                UV_EINVAL, "uv_recv_buffer_size");
    check_error(socket, dgram_set_send_buffer_size(socket, UINT32_MAX),
                UV_EINVAL, "uv_send_buffer_size");
    assert_int_equal(dgram_get_receive_buffer_size(socket), receive);
    dgram_close(socket);
    run_to_end();
}
BOTH(two_to_the_31_is_refused)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(set_and_get),
        IN_LOOP_BOTH(at_creation),
        IN_LOOP_BOTH(while_unbound),
        IN_LOOP_BOTH(two_to_the_31_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
