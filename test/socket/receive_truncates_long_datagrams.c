/* With a limit on their size, longer datagrams are truncated and flagged. */
#include "peer.h"

static dgram_socket *new_cutting(dgram_type type, uint32_t size_max) {
    dgram_options options = {
        .size = sizeof options, .type = type, .message_size_max = size_max};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

static void at_below_and_above_the_limit(dgram_type type) {
    static const size_t lengths[] = {0, 1, 99, 100, 101, 200, 1000, 60000};
    static char payload[60000];
    const int count = sizeof lengths / sizeof lengths[0];
    int peer = peer_open(type);
    dgram_socket *socket = new_cutting(type, 100);
    dgram_address here = loopback_of(socket);
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < count; i++) {
        memset(payload, 'a' + i, lengths[i]);
        peer_send(peer, payload, lengths[i], &here);
    }
    run_until(&recorder.messages, count);
    for (int i = 0; i < count; i++) {
        bool is_long = lengths[i] > 100;
        size_t length = is_long ? 100 : lengths[i];

        assert_int_equal(recorder.message[i].length, length);
        assert_int_equal(recorder.message[i].flags,
                         is_long ? DGRAM_TRUNCATED : 0);
        for (size_t k = 0; k < length; k++)
            assert_int_equal(recorder.message[i].payload[k], 'a' + i);
    }
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(at_below_and_above_the_limit)

/* Each datagram of a coalesced message is truncated. */
static void in_a_coalesced_message(dgram_type type) {
    enum { COUNT = 40 };
    dgram_socket *socket = new_cutting(type, 50), *sender = new_bound(type);
    dgram_address here = loopback_of(socket);
    char payload[80];
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < COUNT; i++) {
        memset(payload, '0' + i, sizeof payload);
        assert_int_equal(
            dgram_send(sender, payload, sizeof payload, &here, NULL, NULL), 0);
    }
    run_until(&recorder.messages, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(recorder.message[i].length, 50);
        assert_int_equal(recorder.message[i].flags, DGRAM_TRUNCATED);
        assert_int_equal(recorder.message[i].payload[0], '0' + i);
        assert_int_equal(recorder.message[i].payload[49], '0' + i);
    }
    run_for(1);
    assert_int_equal(recorder.messages, COUNT);
    dgram_close(socket);
    dgram_close(sender);
    run_to_end();
}
BOTH(in_a_coalesced_message)

static unsigned char longest[65527];
static int whole;

static void see_longest(dgram_socket *socket, const dgram_message *message,
                        void *data) {
    size_t expected = dgram_get_type(socket) == DGRAM_UDP6 ? 65527 : 65507;

    (void)data;
    assert_int_equal(message->length, expected);
    assert_int_equal(message->flags, 0);
    assert_memory_equal(message->payload, longest, expected);
    whole++;
}

static void none_without_a_limit(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = see_longest};
    static const uint32_t bounds[] = {0, 65536, UINT32_MAX};
    size_t length = type == DGRAM_UDP6 ? 65527 : 65507;
    int size = 1 << 20, peer = peer_open(type);

    setsockopt(peer, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    for (size_t i = 0; i < sizeof longest; i++)
        longest[i] = (unsigned char)(i * 7 + i / 256);
    for (int i = 0; i < 3; i++) {
        dgram_socket *socket = new_cutting(type, bounds[i]);
        dgram_address here = loopback_of(socket);
        dgram_listener listener;

        whole = 0;
        dgram_on(socket, &listener, &events, NULL);
        dgram_set_receive_buffer_size(socket, 1 << 20);
        peer_send(peer, longest, length, &here);
        peer_send(peer, longest, length, &here);
        run_until(&whole, 2);
        dgram_close(socket);
        run_to_end();
    }
    peer_close(peer);
}
BOTH(none_without_a_limit)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(at_below_and_above_the_limit),
        IN_LOOP_BOTH(in_a_coalesced_message),
        IN_LOOP_BOTH(none_without_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
