/* A datagram arrives unchanged from each form of sending. */
#include "peer.h"

static void one_after_the_other(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    uint16_t port = dgram_address_port(&there);
    dgram_socket *socket = new_bound(type);
    char a[] = "un", b[] = "", c[] = "divided";
    const dgram_buffer parts[] = {{.base = a, .length = 2},
                                  {.base = b, .length = 0},
                                  {.base = c, .length = 7}};
    const dgram_outgoing batch[] = {
        {.payload = "b1", .length = 2, .to = &there},
        {.parts = parts, .part_count = 3, .to = &there},
        {.payload = "b3", .length = 2, .host = loopback(type), .port = port},
        {.payload = "b4", .length = 2, .host = "", .port = port},
    };
    dgram_socket *connected = new_socket(type);

    assert_int_equal(dgram_send(socket, "plain", 5, &there, NULL, NULL), 0);
    assert_int_equal(
        dgram_send_to(socket, "host", 4, loopback(type), port, NULL, NULL), 0);
    assert_int_equal(dgram_send_to(socket, "null", 4, NULL, port, NULL, NULL),
                     0);
    assert_int_equal(dgram_send_to(socket, "empty", 5, "", port, NULL, NULL),
                     0);
    assert_int_equal(dgram_sendv(socket, parts, 3, &there, NULL, NULL), 0);
    assert_int_equal(dgram_send_batch(socket, batch, 4, NULL, NULL), 4);
    /* The caller may overwrite its memory after the call. */
    memset(a, '-', sizeof a);
    memset(c, '-', sizeof c);
    run_for(1);
    peer_expect(peer, "plain");
    peer_expect(peer, "host");
    peer_expect(peer, "null");
    peer_expect(peer, "empty");
    peer_expect(peer, "undivided");
    peer_expect(peer, "b1");
    peer_expect(peer, "undivided");
    peer_expect(peer, "b3");
    peer_expect(peer, "b4");

    assert_int_equal(dgram_connect_sync(connected, NULL, port), 0);
    assert_int_equal(dgram_send(connected, "peer", 4, NULL, NULL, NULL), 0);
    assert_int_equal(dgram_sendv(connected, parts, 3, NULL, NULL, NULL), 0);
    assert_int_equal(
        dgram_send_batch(connected,
                         &(dgram_outgoing){.payload = "last", .length = 4}, 1,
                         NULL, NULL),
        1);
    run_for(1);
    peer_expect(peer, "peer");
    peer_expect(peer, "---------");
    peer_expect(peer, "last");
    peer_expect_nothing(peer);
    dgram_close(socket);
    dgram_close(connected);
    run_to_end();
    peer_close(peer);
}
BOTH(one_after_the_other)

static void an_empty_datagram_arrives(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    const dgram_outgoing empty = {.to = &there};
    struct sent sent = {0};
    char byte;

    assert_int_equal(dgram_send(socket, NULL, 0, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_send(socket, "x", 0, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_sendv(socket, NULL, 0, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_send_batch(socket, &empty, 1, NULL, NULL), 1);
    assert_int_equal(dgram_get_send_queue_count(socket), 4);
    assert_int_equal(dgram_get_send_queue_size(socket), 0);
    run_until(&sent.calls, 3);
    assert_int_equal(sent.status, 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(peer_receive(peer, &byte, 1, NULL), 0);
    peer_expect_nothing(peer);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(an_empty_datagram_arrives)

static void many_parts_make_one(dgram_type type) {
    enum { PARTS = 3000 }; /* more than one system call takes */
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    static char bytes[PARTS], got[PARTS + 1];
    static dgram_buffer parts[PARTS];
    struct sent sent = {0};

    for (int i = 0; i < PARTS; i++) {
        bytes[i] = (char)i;
        parts[i] = (dgram_buffer){.base = &bytes[i], .length = 1};
    }
    assert_int_equal(
        dgram_sendv(socket, parts, PARTS, &there, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, PARTS);
    assert_int_equal(peer_receive(peer, got, sizeof got, NULL), PARTS);
    assert_memory_equal(got, bytes, PARTS);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(many_parts_make_one)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(one_after_the_other),
        IN_LOOP_BOTH(an_empty_datagram_arrives),
        IN_LOOP_BOTH(many_parts_make_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
