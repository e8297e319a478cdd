/* A datapath is created on a scripted kernel: a failed call leaves no
   descriptor open, and the limits are those of the kernel and the options. */
#include "kernel.h"

static dgram_datapath *datapath;

static int create(dgram_datapath_options options) {
    static dgram_address any;

    any = address_of("127.0.0.1", 0);
    options.size = sizeof options;
    options.address = &any;
    return dgram_datapath_create(&options, &datapath);
}

static dgram_datapath_limits limits_of(dgram_datapath_options options) {
    dgram_datapath_limits limits = {.size = sizeof limits};

    assert_int_equal(create(options), 0);
    assert_int_equal(dgram_datapath_get_limits(datapath, &limits), 0);
    assert_int_equal(limits.size, sizeof limits);
    dgram_datapath_destroy(datapath);
    return limits;
}

static uint32_t segments_of(uint32_t segments_max, dgram_offload offload) {
    return limits_of((dgram_datapath_options){.segments_max = segments_max,
                                              .offload = offload})
        .segments_max;
}

static void a_failed_call_is_returned(void **state) {
    static const enum kernel_call calls[] = {CALL_OPEN, CALL_BIND};

    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        kernel.fail[calls[i]] = UV_EACCES;
        assert_int_equal(create((dgram_datapath_options){0}), UV_EACCES);
        kernel.fail[calls[i]] = 0;
        assert_int_equal(kernel.opened, kernel.closed);
    }
    assert_int_equal(create((dgram_datapath_options){0}), 0);
    dgram_datapath_destroy(datapath);
}

static void segments_are_limited_by_kernel_and_options(void **state) {
    (void)state;
    kernel.segments_max = 64;
    assert_int_equal(segments_of(0, DGRAM_OFFLOAD_ON), 64);
    assert_int_equal(segments_of(10, DGRAM_OFFLOAD_ON), 10);
    assert_int_equal(segments_of(1, DGRAM_OFFLOAD_ON), 1);
    assert_int_equal(segments_of(100, DGRAM_OFFLOAD_ON), 64);
    assert_int_equal(segments_of(100, DGRAM_OFFLOAD_OFF), 1);
    kernel.segments_max = 128;
    assert_int_equal(segments_of(100, DGRAM_OFFLOAD_ON), 100);
    assert_int_equal(segments_of(0, DGRAM_OFFLOAD_AUTO), 128);
    kernel.segments_max = 1; /* no GSO */
    assert_int_equal(segments_of(0, DGRAM_OFFLOAD_ON), 1);
}

static void messages_are_those_of_one_system_call(void **state) {
    dgram_datapath_limits limits = limits_of((dgram_datapath_options){0});

    (void)state;
    assert_int_equal(limits.send_messages_max, platform->messages_max);
    assert_int_equal(limits.receive_messages_max, platform->messages_max);
    limits = limits_of((dgram_datapath_options){.shared = true});
    assert_int_equal(limits.send_messages_max, platform->messages_max);
    assert_int_equal(limits.receive_messages_max, 1);
}

static void gro_is_what_the_kernel_could_enable(void **state) {
    static const dgram_datapath_options shared = {.shared = true};
    static const dgram_datapath_options off = {.offload = DGRAM_OFFLOAD_OFF};
    dgram_datapath_limits limits = {.size = sizeof limits};

    (void)state;
    assert_false(limits_of(shared).gro);
    assert_false(limits_of(off).gro);
    assert_int_equal(create((dgram_datapath_options){0}), 0);
    assert_int_equal(dgram_datapath_get_limits(datapath, &limits), 0);
    assert_int_equal(limits.gro,
                     platform->coalesces(dgram_datapath_fd(datapath)));
    dgram_datapath_destroy(datapath);
}

static void limits_of_an_older_program_are_shorter(void **state) {
    dgram_datapath_limits limits;

    (void)state;
    assert_int_equal(create((dgram_datapath_options){0}), 0);
    memset(&limits, 0, sizeof limits);
    limits.size = offsetof(dgram_datapath_limits, send_messages_max);
    limits.receive_messages_max = 99;
    assert_int_equal(dgram_datapath_get_limits(datapath, &limits), 0);
    assert_int_equal(limits.segments_max, 64);
    assert_int_equal(limits.receive_messages_max, 99);
    assert_int_equal(limits.size,
                     offsetof(dgram_datapath_limits, send_messages_max));
    limits.size = 3;
    assert_int_equal(dgram_datapath_get_limits(datapath, &limits),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    dgram_datapath_destroy(datapath);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL_ALONE(a_failed_call_is_returned),
        IN_KERNEL_ALONE(segments_are_limited_by_kernel_and_options),
        IN_KERNEL_ALONE(messages_are_those_of_one_system_call),
        IN_KERNEL_ALONE(gro_is_what_the_kernel_could_enable),
        IN_KERNEL_ALONE(limits_of_an_older_program_are_shorter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
