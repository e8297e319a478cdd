/* Coalesced messages are split into as many datagrams as the caller has space
   for. The rest comes without a system call, and an error between them comes in
   its place. */
#include "kernel.h"

#include "datapath/datapath.h"
#include "util/address.h"

static dgram_datapath *datapath;
static _Alignas(max_align_t) unsigned char memory[4 * 1024];
static dgram_buffers buffers;
static dgram_message messages[8];
static int calls;
static uint32_t asked_for;

static void put(struct platform_in *in, const char *bytes, uint32_t segment) {
    const dgram_address from = address_of("192.0.2.1", 5);

    in->length = (uint32_t)strlen(bytes);
    assert_in_range(in->length, 0, in->buffer_size);
    memcpy(in->buffer, bytes, in->length);
    in->segment_size = segment;
    in->flags = 0;
    address_copy(in->from, &from);
}

/* A message of five datagrams, an error, and one datagram. */
static int give_some(dgram_fd fd, struct platform_in *in, uint32_t count) {
    (void)fd;
    asked_for = count;
    if (calls++ > 0)
        return UV_EAGAIN;
    put(&in[0], "aabbccdde", 2);
    in[1].error = UV_ECONNREFUSED;
    put(&in[2], "last", 0);
    return 3;
}

static void open_path(bool shared) {
    const dgram_address any = address_of("127.0.0.1", 0);
    const dgram_datapath_options options = {
        .size = sizeof options, .address = &any, .shared = shared};

    assert_int_equal(dgram_datapath_create(&options, &datapath), 0);
    buffers = (dgram_buffers){.memory = memory, .size = 1024, .count = 4};
    kernel.receive = give_some;
    calls = 0;
}

static int receive(size_t max) {
    memset(messages, 0xa5, sizeof messages);
    return dgram_datapath_receive(datapath, &buffers, messages, max);
}

static void check(int at, const char *bytes) {
    assert_int_equal(messages[at].length, strlen(bytes));
    assert_memory_equal(messages[at].payload, bytes, strlen(bytes));
    assert_int_equal(dgram_address_port(messages[at].from), 5);
}

static void a_few_at_a_time(void **state) {
    (void)state;
    open_path(false);
    assert_int_equal(receive(2), 2);
    check(0, "aa");
    check(1, "bb");
    assert_int_equal(receive(2), 2);
    check(0, "cc");
    assert_int_equal(receive(2), 1);
    check(0, "e");
    assert_int_equal(datapath->peer_errors.until, 0);
    assert_int_equal(receive(2), UV_ECONNREFUSED);
    assert_int_not_equal(datapath->peer_errors.until, 0); /* expect more */
    assert_int_equal(receive(2), 1);
    check(0, "last");
    assert_int_equal(calls, 1);
    assert_int_equal(asked_for, 4);
    assert_int_equal(receive(2), UV_EAGAIN);
    dgram_datapath_destroy(datapath);
}

static void all_at_once(void **state) {
    (void)state;
    open_path(false);
    assert_int_equal(receive(8), 5);
    check(4, "e");
    assert_int_equal(receive(8), UV_ECONNREFUSED);
    assert_int_equal(receive(8), 1);
    dgram_datapath_destroy(datapath);
}

/* Payloads are written to the memory of the caller, at any alignment, and
   nothing is written behind the records. */
static void payloads_are_apart_from_records(void **state) {
    static _Alignas(
        max_align_t) unsigned char records[4 * DGRAM_BUFFER_OVERHEAD + 1];
    static unsigned char space[1 + 4 * (1024 - DGRAM_BUFFER_OVERHEAD)];

    (void)state;
    open_path(false);
    records[4 * DGRAM_BUFFER_OVERHEAD] = 0xa5;
    buffers.memory = records;
    buffers.payloads = space + 1;
    assert_int_equal(receive(8), 5);
    check(4, "e");
    assert_ptr_equal(messages[0].payload, space + 1);
    assert_ptr_equal(messages[4].payload, space + 1 + 8);
    assert_int_equal(receive(8), UV_ECONNREFUSED);
    assert_int_equal(receive(8), 1);
    check(0, "last");
    assert_ptr_equal(messages[0].payload,
                     space + 1 + 2 * (1024 - DGRAM_BUFFER_OVERHEAD));
    assert_int_equal(records[4 * DGRAM_BUFFER_OVERHEAD], 0xa5);
    dgram_datapath_destroy(datapath);
}

static void one_message_of_a_shared_descriptor(void **state) {
    (void)state;
    open_path(true);
    receive(8);
    assert_int_equal(asked_for, 1);
    dgram_datapath_destroy(datapath);
}

/* Two messages of several datagrams, then one message in each call, then
   nothing. */
static int give_more(dgram_fd fd, struct platform_in *in, uint32_t count) {
    (void)fd;
    asked_for = count;
    if (calls == 3)
        return calls = 0;
    put(&in[0], calls == 0 ? "aabb" : "cc", 2);
    if (calls++ > 0)
        return 1;
    put(&in[1], "112233", 2);
    return 2;
}

static void several_messages_fill_the_array_to_its_end(void **state) {
    (void)state;
    open_path(false);
    kernel.receive = give_more;
    assert_int_equal(receive(3), 3);
    check(1, "bb");
    check(2, "11");
    assert_int_equal(messages[3].length, 0xa5a5a5a5);
    assert_int_equal(receive(2), 2);
    check(1, "33");
    assert_int_equal(receive(2), 1);
    check(0, "cc");
    assert_int_equal(receive(1), 1);
    check(0, "cc");
    assert_int_equal(receive(1), UV_EAGAIN);
    dgram_datapath_destroy(datapath);
}

static void an_error_is_gone_at_the_next_call(void **state) {
    (void)state;
    open_path(false);
    while (receive(8) != UV_EAGAIN)
        continue;
    kernel.receive = give_more;
    calls = 0;
    assert_int_equal(receive(8), 5);
    check(2, "11");
    dgram_datapath_destroy(datapath);
}

static void one_buffer_and_the_most_are_accepted(void **state) {
    static _Alignas(max_align_t) unsigned char records[64 * 512];

    (void)state;
    open_path(false);
    buffers.count = 1;
    kernel.receive = give_more;
    calls = 1;
    assert_int_equal(receive(8), 1);
    assert_int_equal(asked_for, 1);
    assert_int_equal(buffers.given, buffers.count);
    assert_int_equal(receive(8), 1);
    buffers = (dgram_buffers){.memory = records, .size = 512, .count = 64};
    calls = 0;
    assert_int_equal(receive(8), 5);
    dgram_datapath_destroy(datapath);
}

static uint32_t available; /* messages in the kernel */

static int give_available(dgram_fd fd, struct platform_in *in, uint32_t count) {
    uint32_t given = count < available ? count : available;

    (void)fd;
    calls++;
    asked_for = count;
    for (uint32_t i = 0; i < given; i++)
        put(&in[i], "x", 0);
    available -= given;
    return given > 0 ? (int)given : UV_EAGAIN;
}

static void expect_calls(uint32_t waiting, int received, int calls_made,
                         uint32_t last_asked_for) {
    static _Alignas(max_align_t) unsigned char records[64 * 512];
    static dgram_message out[64];

    buffers.memory = records;
    buffers.size = 512;
    buffers.count = 64;
    available = waiting;
    calls = 0;
    assert_int_equal(dgram_datapath_receive(datapath, &buffers, out, 64),
                     received);
    assert_int_equal(calls, calls_made);
    assert_int_equal(asked_for, last_asked_for);
}

static void the_kernel_is_asked_for_twice_what_it_had(void **state) {
    (void)state;
    open_path(false);
    kernel.receive = give_available;
    expect_calls(5, 5, 1, 8);
    expect_calls(7, 7, 1, 10);
    expect_calls(13, 13, 1, 14);
    expect_calls(1, 1, 1, 26);
    expect_calls(1, 1, 1, 8);
    dgram_datapath_destroy(datapath);
}

static void a_burst_fills_all_buffers(void **state) {
    (void)state;
    open_path(false);
    kernel.receive = give_available;
    expect_calls(1000, 64, 2, 56);
    expect_calls(1000, 64, 1, 64);
    expect_calls(3, 3, 1, 64);
    expect_calls(8, 8, 2, 56);
    dgram_datapath_destroy(datapath);
}

static void refused(dgram_buffers bad, size_t max) {
    assert_int_equal(dgram_datapath_receive(datapath, &bad, messages, max),
                     DGRAM_ERR_INVALID_ARG_VALUE);
}

static void buffers_are_checked(void **state) {
    const dgram_buffers good = {.memory = memory, .size = 1024, .count = 4};
    dgram_buffers bad = good;

    (void)state;
    open_path(false);
    refused(good, 0);
    bad.memory = NULL;
    refused(bad, 1);
    bad = good;
    bad.memory = memory + 1;
    refused(bad, 1);
    bad = good;
    bad.count = 0;
    refused(bad, 1);
    bad.count = 65;
    refused(bad, 1);
    bad = good;
    bad.size = DGRAM_BUFFER_OVERHEAD;
    refused(bad, 1);
    bad.size = 1000;
    refused(bad, 1);
    bad = good;
    bad.given = 2;
    refused(bad, 1);
    bad = good;
    bad.received = 5;
    refused(bad, 1);
    assert_int_equal(dgram_datapath_receive(datapath, &buffers, NULL, 1),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(calls, 0);
    dgram_datapath_destroy(datapath);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL_ALONE(a_few_at_a_time),
        IN_KERNEL_ALONE(all_at_once),
        IN_KERNEL_ALONE(payloads_are_apart_from_records),
        IN_KERNEL_ALONE(one_message_of_a_shared_descriptor),
        IN_KERNEL_ALONE(several_messages_fill_the_array_to_its_end),
        IN_KERNEL_ALONE(an_error_is_gone_at_the_next_call),
        IN_KERNEL_ALONE(one_buffer_and_the_most_are_accepted),
        IN_KERNEL_ALONE(the_kernel_is_asked_for_twice_what_it_had),
        IN_KERNEL_ALONE(a_burst_fills_all_buffers),
        IN_KERNEL_ALONE(buffers_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
