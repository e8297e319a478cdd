/* A datapath receives what another sends, in order and once: batches of one
   size or many, with adjacent payloads or not. */
#include "endpoint.h"

#define COUNT 100

static unsigned char payloads[COUNT][1500];
static dgram_outgoing batch[COUNT];
static int status[COUNT];

static void fill(const dgram_address *to, size_t (*size_of)(int)) {
    for (int i = 0; i < COUNT; i++) {
        memset(payloads[i], i, sizeof payloads[i]);
        batch[i] = (dgram_outgoing){
            .payload = payloads[i], .length = size_of(i), .to = to};
    }
}

static void receive_all(struct endpoint *endpoint, const dgram_address *from) {
    static dgram_message messages[64];

    for (int at = 0; at < COUNT;) {
        int count = endpoint_receive(endpoint, messages, 64);

        assert_in_range(count, 1, 64);
        for (int i = 0; i < count; i++, at++) {
            assert_int_equal(messages[i].length, batch[at].length);
            assert_memory_equal(messages[i].payload, batch[at].payload,
                                batch[at].length);
            assert_true(dgram_address_equal(messages[i].from, from));
            assert_int_equal(messages[i].flags, 0);
        }
    }
    assert_int_equal(dgram_datapath_receive(endpoint->datapath,
                                            &endpoint->buffers, messages, 64),
                     UV_EAGAIN);
}

static void exchange(dgram_type type, size_t (*size_of)(int), bool connected) {
    struct endpoint here, there;

    endpoint_open(&here, type, NULL);
    endpoint_open(&there, type, NULL);
    if (connected)
        assert_int_equal(dgram_datapath_connect(here.datapath, &there.address),
                         0);
    fill(connected ? NULL : &there.address, size_of);
    assert_int_equal(dgram_datapath_send(here.datapath, batch, COUNT, status),
                     COUNT);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(status[i], batch[i].length);
    receive_all(&there, &here.address);
    endpoint_close(&here);
    endpoint_close(&there);
}

static size_t one_size(int i) {
    (void)i;
    return 64;
}

static size_t long_ones(int i) {
    (void)i;
    return 1200;
}

static size_t many_sizes(int i) {
    return (size_t)(i * 7 % 300);
}

static size_t mostly_one_size(int i) {
    return i % 10 == 9 ? 20 : 100;
}

static void in_order_once(dgram_type type) {
    static size_t (*const sizes[])(int) = {one_size, long_ones, many_sizes,
                                           mostly_one_size};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        exchange(type, sizes[i], false);
        exchange(type, sizes[i], true);
    }
}

static void on_ipv4(void **state) {
    (void)state;
    in_order_once(DGRAM_UDP4);
}

static void on_ipv6(void **state) {
    (void)state;
    in_order_once(DGRAM_UDP6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_ipv4),
        cmocka_unit_test(on_ipv6),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
