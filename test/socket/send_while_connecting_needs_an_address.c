/* Until it is connected, a socket sends as an unconnected one. */
#include "peer.h"
#include "resolver.h"

static void with_an_address_it_is_sent(dgram_type type) {
    int peer = peer_open(type), other = peer_open(type);
    dgram_address there = peer_address(peer), elsewhere = peer_address(other);
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent sent = {0}, connected = {0};

    assert_int_equal(dgram_connect(socket, "some.name",
                                   dgram_address_port(&there), note_sent,
                                   &connected),
                     0);
    assert_int_equal(dgram_send(socket, "x", 1, NULL, note_sent, &sent),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    assert_int_equal(dgram_send(socket, "1", 1, &elsewhere, note_sent, &sent),
                     0);
    run_until(&resolver.asked, 1);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 1);
    peer_expect(other, "1");

    /* Accepted before the connect is done, so it goes to its address. */
    resolver_answer(&resolver);
    assert_int_equal(dgram_send(socket, "2", 1, &elsewhere, note_sent, &sent),
                     0);
    run_until(&connected.calls, 1);
    run_until(&sent.calls, 2);
    assert_int_equal(sent.status, 1);
    peer_expect(other, "2");
    assert_int_equal(dgram_send(socket, "3", 1, &elsewhere, note_sent, &sent),
                     DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    assert_int_equal(dgram_send(socket, "4", 1, NULL, note_sent, &sent), 0);
    run_until(&sent.calls, 3);
    peer_expect(peer, "4");
    peer_expect_nothing(other);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
    peer_close(other);
}
BOTH(with_an_address_it_is_sent)

static void after_a_failed_connect_too(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    struct resolver resolver = {.status = UV_EAI_FAIL};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent sent = {0}, connected = {0};

    assert_int_equal(
        dgram_connect(socket, "some.name", 9, note_sent, &connected), 0);
    run_until(&connected.calls, 1);
    assert_int_equal(dgram_send(socket, "x", 1, NULL, note_sent, &sent),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    assert_int_equal(dgram_send(socket, "y", 1, &there, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    peer_expect(peer, "y");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(after_a_failed_connect_too)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(with_an_address_it_is_sent),
        IN_LOOP_BOTH(after_a_failed_connect_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
