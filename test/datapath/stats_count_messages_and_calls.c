/* A datapath counts datagrams, bytes, messages and system calls. */
#include "endpoint.h"

#define COUNT 10

static dgram_stats stats_of(const struct endpoint *endpoint) {
    dgram_stats stats = {.size = sizeof stats};

    assert_int_equal(dgram_datapath_get_stats(endpoint->datapath, &stats), 0);
    return stats;
}

static void receive_all(struct endpoint *endpoint, int count) {
    dgram_message messages[COUNT];

    while (count > 0) {
        int result = endpoint_receive(endpoint, messages, COUNT);

        assert_true(result > 0);
        count -= result;
    }
}

static void traffic_of(dgram_type type, dgram_offload offload) {
    const dgram_datapath_options options = {.size = sizeof options,
                                            .offload = offload};
    dgram_outgoing out[COUNT];
    struct endpoint sender, receiver;
    dgram_stats sent, received;

    endpoint_open(&sender, type, &options);
    endpoint_open(&receiver, type, &options);
    for (int i = 0; i < COUNT; i++)
        out[i] = (dgram_outgoing){
            .payload = "0123456789", .length = 10, .to = &receiver.address};
    assert_int_equal(dgram_datapath_send(sender.datapath, out, COUNT, NULL),
                     COUNT);
    receive_all(&receiver, COUNT);
    sent = stats_of(&sender);
    received = stats_of(&receiver);
    assert_int_equal(sent.datagrams_sent, COUNT);
    assert_int_equal(sent.bytes_sent, COUNT * 10);
    assert_int_equal(sent.send_calls, 1);
    assert_int_equal(sent.send_errors, 0);
    assert_int_equal(received.datagrams_received, COUNT);
    assert_int_equal(received.bytes_received, COUNT * 10);
    assert_true(received.receive_calls >= 1);
    if (offload == DGRAM_OFFLOAD_OFF) {
        assert_int_equal(sent.gso_messages, 0);
        assert_int_equal(received.gro_messages, 0);
    } else if (received.gro_messages == 1) {
        assert_int_equal(sent.gso_messages, 1);
    }
    endpoint_close(&sender);
    endpoint_close(&receiver);
}

static void with_and_without_offload(void **state) {
    (void)state;
    traffic_of(DGRAM_UDP4, DGRAM_OFFLOAD_ON);
    traffic_of(DGRAM_UDP4, DGRAM_OFFLOAD_OFF);
    if (has_ipv6())
        traffic_of(DGRAM_UDP6, DGRAM_OFFLOAD_OFF);
}

static void a_datagram_that_fails(void **state) {
    static const char large[65520];
    struct endpoint endpoint;
    dgram_outgoing out = {.payload = large, .length = sizeof large};

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    out.to = &endpoint.address;
    assert_int_equal(dgram_datapath_send(endpoint.datapath, &out, 1, NULL), 1);
    assert_int_equal(stats_of(&endpoint).send_errors, 1);
    assert_int_equal(stats_of(&endpoint).bytes_sent, 0);
    endpoint_close(&endpoint);
}

static void a_wrong_size(void **state) {
    dgram_stats stats = {0};
    struct endpoint endpoint;

    (void)state;
    endpoint_open(&endpoint, DGRAM_UDP4, NULL);
    assert_int_equal(dgram_datapath_get_stats(endpoint.datapath, &stats),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    endpoint_close(&endpoint);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_and_without_offload),
        cmocka_unit_test(a_datagram_that_fails),
        cmocka_unit_test(a_wrong_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
