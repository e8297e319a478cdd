/* A connected socket sends to its peer and receives from nobody else. */
#include "peer.h"

static void numbers_and_names(dgram_type type, const char *host) {
    int peer = peer_open(type), stranger = peer_open(type);
    dgram_address there = peer_address(peer), here, remote;
    dgram_socket *socket = new_socket(type);
    struct sent connected = {0}, sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_connect(socket, host, dgram_address_port(&there),
                                   note_sent, &connected),
                     0);
    assert_int_equal(dgram_get_remote_address(socket, &remote),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    assert_int_equal(connected.calls + recorder.connected, 0);
    run_until(&connected.calls, 1);
    assert_int_equal(connected.status, 0);
    assert_int_equal(recorder.connected, 1);
    assert_int_equal(dgram_get_remote_address(socket, &remote), 0);
    assert_true(dgram_address_equal(&remote, &there));

    here = loopback_of(socket);
    peer_send_text(stranger, "no", &here);
    peer_send_text(peer, "yes", &here);
    peer_send_text(stranger, "no", &here);
    run_until(&recorder.messages, 1);
    assert_int_equal(dgram_send(socket, "hi", 2, NULL, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 2);
    peer_expect(peer, "hi");
    run_for(5);
    assert_int_equal(recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "yes");
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lcmx");
    peer_close(peer);
    peer_close(stranger);
}

static void to_a_number(dgram_type type) {
    numbers_and_names(type, loopback(type));
}
BOTH(to_a_number)

static void to_loopback_by_default(dgram_type type) {
    numbers_and_names(type, NULL);
    numbers_and_names(type, "");
}
BOTH(to_loopback_by_default)

static void to_a_name(void **state) {
    (void)state;
    numbers_and_names(DGRAM_UDP4, "localhost");
}

static void to_any_address_means_this_host(dgram_type type) {
    numbers_and_names(type, type == DGRAM_UDP6 ? "::" : "0.0.0.0");
}
BOTH(to_any_address_means_this_host)

static void without_callback_there_is_an_event(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_connect(socket, loopback(type), 9, NULL, NULL), 0);
    run_until(&recorder.connected, 1);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lcx");
}
BOTH(without_callback_there_is_an_event)

static void synchronously(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer), remote, local;
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_connect_sync(socket, NULL, dgram_address_port(&there)), 0);
    assert_int_equal(dgram_get_remote_address(socket, &remote), 0);
    assert_true(dgram_address_equal(&remote, &there));
    assert_int_equal(dgram_get_local_address(socket, &local), 0);
    assert_int_not_equal(dgram_address_port(&local), 0);
    assert_string_equal(recorder.log, "");
    run_until(&recorder.connected, 1);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lcx");
    peer_close(peer);
}
BOTH(synchronously)

static void a_mapped_peer_on_udp6(void **state) {
    int peer;
    dgram_address there;
    dgram_socket *socket;
    struct sent sent = {0};

    (void)state;
    if (!has_ipv6())
        skip();
    peer = peer_open(DGRAM_UDP4);
    there = peer_address(peer);
    socket = new_socket(DGRAM_UDP6);
    assert_int_equal(dgram_connect_sync(socket, "::ffff:127.0.0.1",
                                        dgram_address_port(&there)),
                     0);
    assert_int_equal(dgram_send(socket, "six", 3, NULL, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    peer_expect(peer, "six");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(to_a_number),
        IN_LOOP_BOTH(to_loopback_by_default),
        IN_LOOP(to_a_name),
        IN_LOOP_BOTH(to_any_address_means_this_host),
        IN_LOOP_BOTH(without_callback_there_is_an_event),
        IN_LOOP_BOTH(synchronously),
        IN_LOOP(a_mapped_peer_on_udp6),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
