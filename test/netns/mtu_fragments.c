/* Datagrams larger than the MTU of the wire arrive, single ones and batches:
   the kernel refuses them as a GSO message and fragments them one by one. */
#include "netns.h"

#define BATCH 100

static unsigned char payload[65536];

static int received;
static uint32_t numbers[1000];
static uint32_t lengths[1000];

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)data;
    lengths[received] = message->length;
    memcpy(&numbers[received++], message->payload, 4);
    for (uint32_t i = 4; i < message->length; i++)
        assert_int_equal(message->payload[i], payload[i]);
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

static void each_size_arrives(dgram_socket *sender, const dgram_address *to) {
    static const size_t sizes[] = {1200, 1252, 1253,  1472,
                                   1473, 9000, 32000, 65507};

    received = 0;
    for (int i = 0; i < 8; i++) {
        uint32_t number = (uint32_t)i;
        struct sent sent = {0};

        memcpy(payload, &number, 4);
        assert_int_equal(
            dgram_send(sender, payload, sizes[i], to, note_sent, &sent), 0);
        run_until(&sent.calls, 1);
        assert_int_equal(sent.status, sizes[i]);
        run_until(&received, i + 1);
        assert_int_equal(numbers[i], i);
        assert_int_equal(lengths[i], sizes[i]);
    }
}

/* Equal datagrams, which could be coalesced. */
static void batches_arrive(dgram_socket *sender, const dgram_address *to,
                           size_t size) {
    struct sent sent = {0};

    received = 0;
    for (uint32_t i = 0; i < BATCH; i++) {
        memcpy(payload, &i, 4);
        assert_int_equal(
            dgram_send(sender, payload, size, to, note_sent, &sent), 0);
    }
    run_until(&sent.calls, BATCH);
    run_until(&received, BATCH);
    assert_int_equal(sent.calls, BATCH);
    assert_int_equal(sent.status, size);
    for (uint32_t i = 0; i < BATCH; i++) {
        assert_int_equal(numbers[i], i);
        assert_int_equal(lengths[i], size);
    }
}

static void over(const struct side *side) {
    dgram_socket *receiver = new_bound_on(NEAR, side->near);
    dgram_socket *sender = new_bound_on(FAR, side->far);
    dgram_address to = address_of(side->near, port_of(receiver));
    dgram_listener listener;

    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (unsigned char)(i * 7 + i / 256);
    dgram_on(receiver, &listener, &events, NULL);
    enlarge_receive_buffer(receiver);
    set_mtu(1500);
    each_size_arrives(sender, &to);
    batches_arrive(sender, &to, 1400);
    batches_arrive(sender, &to, 4000);
    /* The MTU shrinks while the socket is in use. */
    set_mtu(1280);
    each_size_arrives(sender, &to);
    batches_arrive(sender, &to, 1400);
    batches_arrive(sender, &to, 1200);
    set_mtu(1500);
    batches_arrive(sender, &to, 1400);
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    over(&side_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    over(&side_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
