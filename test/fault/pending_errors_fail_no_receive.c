/* With path errors, a receive skips errors that are also in the error queue. An
   error that each system call returns is not one of them. */
#include "kernel.h"

#include "datapath/datapath.h"
#include "util/address.h"

#define SKIPPED_MAX 16 /* errors in a row */

static dgram_datapath *datapath;
static _Alignas(max_align_t) unsigned char memory[4 * 1024];
static dgram_buffers buffers;
static dgram_message message;
static int errors;    /* that the kernel returns */
static int datagrams; /* that it returns then */
static int calls;     /* system calls */

static int give_errors_first(dgram_fd fd, struct platform_in *in,
                             uint32_t count) {
    const dgram_address from = address_of("192.0.2.1", 5);

    (void)fd;
    (void)count;
    calls++;
    if (errors-- > 0) {
        in[0].error = UV_ECONNREFUSED;
        return 1;
    }
    if (datagrams-- <= 0)
        return UV_EAGAIN;
    in[0].buffer[0] = 'x';
    in[0].length = 1;
    in[0].segment_size = in[0].flags = 0;
    address_copy(in[0].from, &from);
    return 1;
}

static int open_datapath(void **state) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options options = {
        .size = sizeof options, .address = &any, .path_errors = true};

    kernel_place(state);
    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    buffers = (dgram_buffers){.memory = memory, .size = 1024, .count = 4};
    kernel.receive = give_errors_first;
    return 0;
}

static int close_datapath(void **state) {
    dgram_datapath_destroy(datapath);
    return kernel_remove(state);
}

static void expect(int result, int calls_made) {
    calls = 0;
    assert_int_equal(dgram_datapath_receive(datapath, &buffers, &message, 1),
                     result);
    assert_int_equal(calls, calls_made);
}

static void expect_errors_counted(uint64_t count) {
    dgram_stats stats = {.size = sizeof stats};

    assert_int_equal(dgram_datapath_get_stats(datapath, &stats), 0);
    assert_int_equal(stats.receive_errors, count);
}

static void the_datagram_behind_them_is_returned(void **state) {
    (void)state;
    errors = SKIPPED_MAX - 1;
    datagrams = 1;
    expect(1, SKIPPED_MAX);
    assert_int_equal(*(const char *)message.payload, 'x');
    expect_errors_counted(0);
}

static void nothing_may_be_behind_them(void **state) {
    (void)state;
    errors = SKIPPED_MAX - 1;
    datagrams = 0;
    expect(UV_EAGAIN, SKIPPED_MAX);
    expect_errors_counted(0);
}

static void an_error_of_each_call_is_returned(void **state) {
    (void)state;
    errors = 2 * SKIPPED_MAX;
    datagrams = 1;
    expect(UV_ECONNREFUSED, SKIPPED_MAX);
    expect(UV_ECONNREFUSED, SKIPPED_MAX);
    expect_errors_counted(2);
    expect(1, 1);
}

#define ERRORS(test)                                                           \
    cmocka_unit_test_setup_teardown(test, open_datapath, close_datapath)

int main(void) {
    const struct CMUnitTest tests[] = {
        ERRORS(the_datagram_behind_them_is_returned),
        ERRORS(nothing_may_be_behind_them),
        ERRORS(an_error_of_each_call_is_returned),
    };

    if (!platform->has_error_queue) {
        printf("skipped: this system has no error queue\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
