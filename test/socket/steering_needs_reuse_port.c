/* Steering is checked when the socket is created: it needs reuse_port, the
   number of sockets or a program, and a system that has it. */
#include "harness.h"

#if defined(TEST_COALESCES)
#define ACCEPTED 0
#else
#define ACCEPTED UV_ENOTSUP
#endif

/* What `steering_program` points to, which is not run. */
static const char program[8 * 4096];

static int create(dgram_options options) {
    dgram_socket *socket = NULL;
    int result;

    options.size = sizeof options;
    options.type = DGRAM_UDP4;
    result = dgram_create_with(&test_loop, &options, &socket);
    if (result == 0)
        dgram_close(socket);
    else
        assert_null(socket);
    return result;
}

static int create_counted(dgram_steering steering, bool reuse_port,
                          uint32_t sockets) {
    return create((dgram_options){.reuse_port = reuse_port,
                                  .steering = steering,
                                  .steering_sockets = sockets});
}

static int create_programmed(const void *instructions, size_t length) {
    return create((dgram_options){.reuse_port = true,
                                  .steering = DGRAM_STEERING_PROGRAM,
                                  .steering_program = instructions,
                                  .steering_program_length = length});
}

static void by_cpu_or_source(void **state) {
    static const dgram_steering kinds[] = {DGRAM_STEERING_CPU,
                                           DGRAM_STEERING_SOURCE};

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(create_counted(kinds[i], true, 2), ACCEPTED);
        assert_int_equal(create_counted(kinds[i], true, 65535), ACCEPTED);
        assert_int_equal(create_counted(kinds[i], true, 0),
                         DGRAM_ERR_INVALID_ARG_VALUE);
        assert_int_equal(create_counted(kinds[i], true, 65536),
                         DGRAM_ERR_INVALID_ARG_VALUE);
        assert_int_equal(create_counted(kinds[i], false, 2),
                         DGRAM_ERR_INVALID_ARG_VALUE);
    }
}

static void by_program(void **state) {
    (void)state;
    assert_int_equal(create_programmed(program, 1), ACCEPTED);
    assert_int_equal(create_programmed(program, 4096), ACCEPTED);
    assert_int_equal(create_programmed(program, 4097),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(create_programmed(program, 0),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(create_programmed(NULL, 1), DGRAM_ERR_INVALID_ARG_VALUE);
}

static void unknown_or_none(void **state) {
    (void)state;
    assert_int_equal(create_counted((dgram_steering)4, true, 2),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(create_counted((dgram_steering)-1, true, 2),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(create_counted(DGRAM_STEERING_NONE, true, 0), 0);
    assert_int_equal(create_counted(DGRAM_STEERING_NONE, false, 2), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(by_cpu_or_source),
        IN_LOOP(by_program),
        IN_LOOP(unknown_or_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
