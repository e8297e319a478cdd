/* Errors for ports that are closed and hosts that are unreachable. */
#include "netns.h"

/* An address of FAR with a port that was free a moment ago. */
static dgram_address closed_port(const struct side *side) {
    dgram_socket *socket = new_bound_on(FAR, side->far);
    dgram_address address = address_of(side->far, port_of(socket));

    dgram_close(socket);
    run_for(1);
    return address;
}

static void a_connected_socket_learns_of_a_closed_port(
    const struct side *side) {
    dgram_address closed = closed_port(side);
    dgram_socket *socket = new_bound_on(NEAR, side->near), *peer;
    dgram_options options = {.size = sizeof options, .type = side->type};
    uint16_t port = dgram_address_port(&closed);
    struct recorder recorder, peer_recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_connect_sync(socket, side->far, port), 0);
    assert_int_equal(dgram_send(socket, "x", 1, NULL, NULL, NULL), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_ECONNREFUSED);

    /* The socket works as before. */
    peer = new_bound_on_with(FAR, side->far, port, &options);
    record_events(&peer_recorder, peer);
    assert_int_equal(dgram_send(socket, "again", 5, NULL, NULL, NULL), 0);
    run_until(&peer_recorder.messages, 1);
    assert_string_equal(peer_recorder.message[0].payload, "again");
    assert_int_equal(
        dgram_send(peer, "back", 4, &peer_recorder.message[0].from, NULL, NULL),
        0);
    run_until(&recorder.messages, 1);
    assert_int_equal(recorder.errors, 1);
    dgram_close(socket);
    dgram_close(peer);
    run_to_end();
}

static void an_unconnected_socket_does_not(const struct side *side) {
    dgram_address closed = closed_port(side);
    dgram_socket *socket = new_bound_on(NEAR, side->near);
    dgram_socket *peer = new_bound_on(FAR, side->far);
    dgram_address open = address_of(side->far, port_of(peer));
    struct sent sent = {0};
    struct recorder recorder, peer_recorder;

    record_events(&recorder, socket);
    record_events(&peer_recorder, peer);
    for (int i = 0; i < 5; i++) {
        dgram_send(socket, "x", 1, &closed, note_sent, &sent);
        dgram_send(socket, "y", 1, &open, note_sent, &sent);
        run_until(&sent.calls, 2 * i + 2);
        assert_int_equal(sent.status, 1);
    }
    run_until(&peer_recorder.messages, 5);
    assert_int_equal(recorder.errors, 0);
    dgram_close(socket);
    dgram_close(peer);
    run_to_end();
}

static void no_route_fails_that_datagram(const struct side *side) {
    const char *nowhere =
        side->type == DGRAM_UDP6 ? "2001:db8::1" : "192.0.2.1";
    dgram_socket *socket = new_bound_on(NEAR, side->near);
    dgram_socket *peer = new_bound_on(FAR, side->far);
    dgram_address lost = address_of(nowhere, 9);
    dgram_address open = address_of(side->far, port_of(peer));
    struct sent failed = {0}, sent = {0};
    struct recorder recorder;

    record_events(&recorder, peer);
    dgram_send(socket, "a", 1, &open, note_sent, &sent);
    dgram_send(socket, "b", 1, &lost, note_sent, &failed);
    dgram_send(socket, "c", 1, &open, note_sent, &sent);
    run_until(&recorder.messages, 2);
    assert_int_equal(failed.status, UV_ENETUNREACH);
    assert_int_equal(sent.status, 1);
    assert_string_equal(recorder.message[0].payload, "a");
    assert_string_equal(recorder.message[1].payload, "c");
    assert_int_equal(dgram_connect_sync(socket, nowhere, 9), UV_ENETUNREACH);
    dgram_close(socket);
    dgram_close(peer);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    a_connected_socket_learns_of_a_closed_port(&side_v4);
    an_unconnected_socket_does_not(&side_v4);
    no_route_fails_that_datagram(&side_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    a_connected_socket_learns_of_a_closed_port(&side_v6);
    an_unconnected_socket_does_not(&side_v6);
    no_route_fails_that_datagram(&side_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
