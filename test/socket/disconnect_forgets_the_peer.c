/* After a disconnect the socket sends to and receives from any address
   again. */
#include "peer.h"

static void talk_to(dgram_socket *socket, int peer) {
    dgram_address there = peer_address(peer);
    struct sent sent = {0};

    assert_int_equal(dgram_send(socket, "hi", 2, &there, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 2);
    peer_expect(peer, "hi");
}

static void any_sender_is_received(dgram_type type) {
    int peer = peer_open(type), stranger = peer_open(type);
    dgram_address there = peer_address(peer), here, remote;
    dgram_socket *socket = new_bound(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_connect_sync(socket, NULL, dgram_address_port(&there)), 0);
    assert_int_equal(dgram_disconnect(socket), 0);
    assert_int_equal(dgram_disconnect(socket),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    assert_int_equal(dgram_get_remote_address(socket, &remote),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    assert_int_equal(dgram_send(socket, "x", 1, NULL, NULL, NULL),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    talk_to(socket, stranger);
    talk_to(socket, peer);
    here = loopback_of(socket);
    assert_int_not_equal(dgram_address_port(&here), 0);
    peer_send_text(stranger, "hello", &here);
    run_until(&recorder.messages, 1);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
    peer_close(stranger);
}
BOTH(any_sender_is_received)

static void an_explicit_port_is_kept(dgram_type type) {
    int peer = peer_open(type);
    dgram_address free_port = peer_address(peer);
    uint16_t port = dgram_address_port(&free_port);
    dgram_socket *socket = new_socket(type);

    peer_close(peer);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), port), 0);
    assert_int_equal(dgram_connect_sync(socket, NULL, 9), 0);
    assert_int_equal(dgram_disconnect(socket), 0);
    assert_int_equal(port_of(socket), port);
    dgram_close(socket);
    run_to_end();
}
BOTH(an_explicit_port_is_kept)

struct again {
    int peer;
    int left, over;
};

static void once_more(dgram_socket *socket, int status, void *data) {
    struct again *again = data;
    dgram_address there = peer_address(again->peer);

    assert_int_equal(status, 0);
    assert_int_equal(dgram_disconnect(socket), 0);
    if (again->left-- == 0)
        again->over = 1;
    else
        assert_int_equal(dgram_connect(socket, NULL, dgram_address_port(&there),
                                       once_more, again),
                         0);
}

static void reconnecting_in_the_callback(dgram_type type) {
    struct again again = {.peer = peer_open(type), .left = 10};
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_connect(socket, NULL, 9, once_more, &again), 0);
    run_until(&again.over, 1);
    assert_int_equal(recorder.connected, 11);
    dgram_close(socket);
    run_to_end();
    peer_close(again.peer);
}
BOTH(reconnecting_in_the_callback)

/* Datagrams that were accepted for the old peer go there, not to the new
   one. */
static void queued_sends_keep_their_destination(dgram_type type) {
    int old = peer_open(type), new = peer_open(type);
    dgram_address there = peer_address(old), then = peer_address(new), from;
    dgram_socket *socket = new_bound(type);
    uint16_t port = port_of(socket);
    struct sent sent = {0};
    char payload[8];

    assert_int_equal(
        dgram_connect_sync(socket, NULL, dgram_address_port(&there)), 0);
    assert_int_equal(dgram_send(socket, "old", 3, NULL, note_sent, &sent), 0);
    assert_int_equal(dgram_disconnect(socket), 0);
    assert_int_equal(
        dgram_connect_sync(socket, NULL, dgram_address_port(&then)), 0);
    assert_int_equal(dgram_send(socket, "new", 3, NULL, note_sent, &sent), 0);
    run_until(&sent.calls, 2);
    assert_int_equal(sent.status, 3);
    /* It was sent before the port was released. */
    assert_int_equal(peer_receive(old, payload, sizeof payload, &from), 3);
    assert_memory_equal(payload, "old", 3);
    assert_int_equal(dgram_address_port(&from), port);
    peer_expect(new, "new");
    peer_expect_nothing(old);
    peer_expect_nothing(new);
    dgram_close(socket);
    run_to_end();
    peer_close(old);
    peer_close(new);
}
BOTH(queued_sends_keep_their_destination)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(any_sender_is_received),
        IN_LOOP_BOTH(an_explicit_port_is_kept),
        IN_LOOP_BOTH(reconnecting_in_the_callback),
        IN_LOOP_BOTH(queued_sends_keep_their_destination),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
