/* The options of a socket are checked when it is created. */
#include "peer.h"

static int make(dgram_options options) {
    dgram_socket *socket = NULL;
    int result = dgram_create_with(&test_loop, &options, &socket);

    if (result == 0) {
        assert_non_null(socket);
        dgram_close(socket);
    } else {
        assert_null(socket);
    }
    return result;
}

static void a_bad_type_is_refused(void **state) {
    dgram_socket *socket = NULL;
    static const int bad[] = {0, 2, 5, 7, -4, 46};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        dgram_type type = (dgram_type)bad[i];

        assert_int_equal(dgram_create(&test_loop, type, &socket),
                         DGRAM_ERR_SOCKET_BAD_TYPE);
        assert_null(socket);
        assert_int_equal(
            make((dgram_options){.size = sizeof(dgram_options), .type = type}),
            DGRAM_ERR_SOCKET_BAD_TYPE);
    }
}

/* uv_default_loop() returns NULL if it fails. */
static void no_loop_is_refused(void **state) {
    dgram_socket *socket = NULL;

    (void)state;
    assert_int_equal(dgram_create(NULL, DGRAM_UDP4, &socket), UV_EINVAL);
    assert_null(socket);
}

static void a_wrong_size_is_refused(void **state) {
    static const size_t bad[] = {0, 1, sizeof(size_t), SIZE_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(
            make((dgram_options){.size = bad[i], .type = DGRAM_UDP4}),
            DGRAM_ERR_INVALID_ARG_VALUE);
}

static void buffer_sizes_end_below_two_to_the_31(void **state) {
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};
    static const uint32_t bad[] = {0x80000000u, 0x80000001u, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        options.receive_buffer_size = bad[i];
        options.send_buffer_size = 0;
        assert_int_equal(make(options), DGRAM_ERR_OUT_OF_RANGE);
        options.receive_buffer_size = 0;
        options.send_buffer_size = bad[i];
        assert_int_equal(make(options), DGRAM_ERR_OUT_OF_RANGE);
    }
    options.receive_buffer_size = options.send_buffer_size = 0x7fffffffu;
    assert_int_equal(make(options), 0);
}

static void both_types_can_be_made(void **state) {
    dgram_socket *four = NULL, *six = NULL;

    (void)state;
    assert_int_equal(dgram_create(&test_loop, DGRAM_UDP4, &four), 0);
    assert_int_equal(dgram_create(&test_loop, DGRAM_UDP6, &six), 0);
    assert_int_equal(dgram_get_type(four), DGRAM_UDP4);
    assert_int_equal(dgram_get_type(six), DGRAM_UDP6);
    dgram_close(four);
    dgram_close(six);
}

static void an_abort_handle_of_another_loop_is_refused(void **state) {
    uv_loop_t other;
    dgram_abort *abort;
    dgram_socket *first, *second = NULL;
    dgram_options options = {.size = sizeof options, .type = DGRAM_UDP4};

    (void)state;
    assert_int_equal(uv_loop_init(&other), 0);
    assert_int_equal(dgram_abort_create(&abort), 0);
    options.abort = abort;
    assert_int_equal(dgram_create_with(&other, &options, &first), 0);
    assert_int_equal(dgram_create_with(&test_loop, &options, &second),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_null(second);
    dgram_abort_signal(abort);
    dgram_abort_release(abort);
    uv_run(&other, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&other), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_bad_type_is_refused),
        IN_LOOP(no_loop_is_refused),
        IN_LOOP(a_wrong_size_is_refused),
        IN_LOOP(buffer_sizes_end_below_two_to_the_31),
        IN_LOOP(both_types_can_be_made),
        IN_LOOP(an_abort_handle_of_another_loop_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
