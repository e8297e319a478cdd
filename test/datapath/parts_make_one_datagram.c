/* A datagram may be given in up to 1024 parts, which arrive as one payload. */
#include "endpoint.h"

#define PARTS_MAX 1024

static struct endpoint sender, receiver;
static unsigned char bytes[PARTS_MAX + 1];
static dgram_buffer parts[PARTS_MAX + 1];
static int status[4];

static int open_both(void **state) {
    (void)state;
    endpoint_open(&sender, DGRAM_UDP4, NULL);
    endpoint_open(&receiver, DGRAM_UDP4, NULL);
    for (int i = 0; i <= PARTS_MAX; i++) {
        bytes[i] = (unsigned char)(i * 7);
        parts[i] = (dgram_buffer){.base = &bytes[i], .length = 1};
    }
    return 0;
}

static int close_both(void **state) {
    (void)state;
    endpoint_close(&sender);
    endpoint_close(&receiver);
    return 0;
}

static void expect(const void *payload, size_t length) {
    dgram_message message;

    assert_int_equal(endpoint_receive(&receiver, &message, 1), 1);
    assert_int_equal(message.length, length);
    assert_memory_equal(message.payload, payload, length);
}

static dgram_outgoing in_parts(uint32_t count) {
    return (dgram_outgoing){
        .parts = parts, .part_count = count, .to = &receiver.address};
}

static void empty_parts_add_nothing(void **state) {
    const dgram_buffer three[] = {{.base = "So", .length = 2},
                                  {.base = NULL, .length = 0},
                                  {.base = "me", .length = 2}};
    dgram_outgoing out = {
        .parts = three, .part_count = 3, .to = &receiver.address};

    (void)state;
    assert_int_equal(dgram_datapath_send(sender.datapath, &out, 1, status), 1);
    assert_int_equal(status[0], 4);
    expect("Some", 4);
    out.part_count = 0;
    assert_int_equal(dgram_datapath_send(sender.datapath, &out, 1, status), 1);
    assert_int_equal(status[0], 0);
    expect("", 0);
}

static void many_parts_arrive(void **state) {
    static const uint32_t counts[] = {1, 511, 512, 513, 1023, PARTS_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const dgram_outgoing out = in_parts(counts[i]);

        assert_int_equal(dgram_datapath_send(sender.datapath, &out, 1, status),
                         1);
        assert_int_equal(status[0], counts[i]);
        expect(bytes, counts[i]);
    }
}

static void too_many_parts_fail_and_stop_no_other(void **state) {
    const dgram_outgoing out[] = {
        {.payload = "before", .length = 6, .to = &receiver.address},
        in_parts(PARTS_MAX + 1),
        in_parts(PARTS_MAX),
        {.payload = "behind", .length = 6, .to = &receiver.address},
    };

    (void)state;
    for (int i = 0; i <= PARTS_MAX; i++) /* none is adjacent to the next one */
        parts[i].base = &bytes[PARTS_MAX - i];
    assert_int_equal(dgram_datapath_send(sender.datapath, out, 4, status), 4);
    assert_int_equal(status[0], 6);
    assert_int_equal(status[1], UV_EMSGSIZE);
    assert_int_equal(status[2], PARTS_MAX);
    assert_int_equal(status[3], 6);
    expect("before", 6);
    for (int i = 0; i < PARTS_MAX / 2; i++) {
        unsigned char byte = bytes[i];

        bytes[i] = bytes[PARTS_MAX - i];
        bytes[PARTS_MAX - i] = byte;
    }
    expect(bytes, PARTS_MAX);
    expect("behind", 6);
}

#define WITH_BOTH(test)                                                        \
    cmocka_unit_test_setup_teardown(test, open_both, close_both)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_BOTH(empty_parts_add_nothing),
        WITH_BOTH(many_parts_arrive),
        WITH_BOTH(too_many_parts_fail_and_stop_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
