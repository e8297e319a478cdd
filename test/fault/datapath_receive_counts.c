/* A datapath counts the system calls that receive, the messages, datagrams and
   bytes that it returns, and the errors. */
#include "kernel.h"

#include "datapath/datapath.h"
#include "util/address.h"

#define MESSAGES 64
#define SIZE 512

static dgram_datapath *datapath;
static _Alignas(max_align_t) unsigned char memory[MESSAGES * SIZE];
static dgram_buffers buffers;
static dgram_message messages[MESSAGES];

/* Each has three datagrams and five bytes. */
static void put(struct platform_in *in) {
    const dgram_address from = address_of("192.0.2.1", 5);

    memcpy(in->buffer, "aabbc", 5);
    in->length = 5;
    in->segment_size = 2;
    in->flags = 0;
    address_copy(in->from, &from);
}

static int give_an_error(dgram_fd fd, struct platform_in *in, uint32_t count) {
    (void)fd;
    (void)count;
    in[0].error = UV_ECONNREFUSED;
    return 1;
}

static int open_datapath(void **state) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options options = {.size = sizeof options,
                                            .address = &any};

    kernel_place(state);
    kernel.put = put;
    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    buffers =
        (dgram_buffers){.memory = memory, .size = SIZE, .count = MESSAGES};
    return 0;
}

static int close_datapath(void **state) {
    dgram_datapath_destroy(datapath);
    return kernel_remove(state);
}

static int receive(void) {
    return dgram_datapath_receive(datapath, &buffers, messages, MESSAGES);
}

static dgram_stats stats(void) {
    dgram_stats stats = {.size = sizeof stats};

    assert_int_equal(dgram_datapath_get_stats(datapath, &stats), 0);
    return stats;
}

/* The first system call returns all eight that it requests, the second one the
   ninth. */
static void messages_and_system_calls(void **state) {
    (void)state;
    kernel.receive = kernel_give_available;
    kernel.available = 9;
    assert_int_equal(receive(), 27);
    assert_int_equal(stats().receive_calls, 2);
    assert_int_equal(stats().datagrams_received, 27);
    assert_int_equal(stats().bytes_received, 45);
    assert_int_equal(stats().gro_messages, 9);
    assert_int_equal(receive(), UV_EAGAIN);
    assert_int_equal(stats().receive_calls, 3);
    assert_int_equal(stats().datagrams_received, 27);
}

static void errors_but_not_the_end(void **state) {
    (void)state;
    kernel.receive = give_an_error;
    assert_int_equal(receive(), UV_ECONNREFUSED);
    assert_int_equal(receive(), UV_ECONNREFUSED);
    assert_int_equal(stats().receive_errors, 2);
    kernel.receive = kernel_give_available;
    kernel.available = 0;
    assert_int_equal(receive(), UV_EAGAIN);
    assert_int_equal(stats().receive_errors, 2);
    assert_int_equal(stats().datagrams_received, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(messages_and_system_calls,
                                        open_datapath, close_datapath),
        cmocka_unit_test_setup_teardown(errors_but_not_the_end, open_datapath,
                                        close_datapath),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
