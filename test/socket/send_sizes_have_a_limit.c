/* The longest datagram is sent complete. One byte more fails. */
#include "peer.h"

static unsigned char payload[70000], got[70000];

static size_t longest(dgram_type type) {
    return type == DGRAM_UDP6 ? 65527 : 65507;
}

static dgram_socket *new_sender(dgram_type type) {
    dgram_options options = {
        .size = sizeof options, .type = type, .send_buffer_size = 1 << 20};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

static void at_the_limit_and_above(dgram_type type) {
    static const size_t above[] = {1, 2, 20, 28, 29, 100, 4000};
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_sender(type);
    struct sent whole = {0}, last = {0};

    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (unsigned char)(i * 31 + i / 251);
    assert_int_equal(
        dgram_send(socket, payload, longest(type), &there, note_sent, &whole),
        0);
    run_until(&whole.calls, 1);
    assert_int_equal(whole.status, longest(type));
    assert_int_equal(peer_receive(peer, got, sizeof got, NULL), longest(type));
    assert_memory_equal(got, payload, longest(type));

    for (size_t i = 0; i < sizeof above / sizeof above[0]; i++) {
        struct sent sent = {0};

        assert_int_equal(dgram_send(socket, payload, longest(type) + above[i],
                                    &there, note_sent, &sent),
                         0);
        run_until(&sent.calls, 1);
        assert_int_equal(sent.status, UV_EMSGSIZE);
        assert_int_equal(dgram_last_error(socket)->code, UV_EMSGSIZE);
    }
    dgram_send(socket, "end", 3, &there, note_sent, &last);
    run_until(&last.calls, 1);
    peer_expect(peer, "end");
    peer_expect_nothing(peer);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(at_the_limit_and_above)

/* Valid and invalid ones in one iteration: each has its own status. */
static void among_other_datagrams(dgram_type type) {
    enum { COUNT = 30 };
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_sender(type);
    struct sent sent[COUNT] = {{0}};
    char expected[16];

    for (int i = 0; i < COUNT; i++) {
        size_t length = i % 3 == 1 ? longest(type) + 1 + (size_t)i * 100 : 4;

        snprintf((char *)payload, sizeof payload, "n%03d", i);
        assert_int_equal(
            dgram_send(socket, payload, length, &there, note_sent, &sent[i]),
            0);
    }
    run_until(&sent[COUNT - 1].calls, 1);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(sent[i].calls, 1);
        assert_int_equal(sent[i].status, i % 3 == 1 ? UV_EMSGSIZE : 4);
        snprintf(expected, sizeof expected, "n%03d", i);
        if (i % 3 != 1)
            peer_expect(peer, expected);
    }
    peer_expect_nothing(peer);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(among_other_datagrams)

static void without_callback_listeners_get_the_error(dgram_type type) {
    dgram_socket *socket = new_sender(type);
    dgram_address there = address_of(loopback(type), 9);
    struct recorder recorder;
    char expected[64];

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_send(socket, payload, sizeof payload, &there, NULL, NULL), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EMSGSIZE);
    snprintf(expected, sizeof expected, "send EMSGSIZE %s:9", loopback(type));
    assert_string_equal(recorder.error_text, expected);
    dgram_close(socket);
    run_to_end();
}
BOTH(without_callback_listeners_get_the_error)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(at_the_limit_and_above),
        IN_LOOP_BOTH(among_other_datagrams),
        IN_LOOP_BOTH(without_callback_listeners_get_the_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
