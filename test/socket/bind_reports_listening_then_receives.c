/* A bind is followed by one `listening` event, later, and then by datagrams. */
#include "peer.h"

static void bind_then_receive(dgram_type type) {
    int peer = peer_open(type);
    dgram_socket *socket = new_socket(type);
    dgram_address here, there = peer_address(peer);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_get_local_address(socket, &here), UV_EBADF);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    assert_int_equal(recorder.listening, 0);
    run_until(&recorder.listening, 1);

    assert_int_equal(dgram_get_local_address(socket, &here), 0);
    assert_int_not_equal(dgram_address_port(&here), 0);
    assert_true(dgram_fileno(socket) > 0);
    peer_send_text(peer, "one", &here);
    peer_send_text(peer, "two", &here);
    run_until(&recorder.messages, 2);
    assert_string_equal(recorder.message[0].payload, "one");
    assert_int_equal(recorder.message[0].length, 3);
    assert_int_equal(recorder.message[0].flags, 0);
    assert_true(dgram_address_equal(&recorder.message[0].from, &there));
    assert_string_equal(recorder.message[1].payload, "two");

    assert_int_equal(dgram_close(socket), 0);
    assert_int_equal(recorder.closed, 0);
    run_to_end();
    assert_string_equal(recorder.log, "lmmx");
    peer_close(peer);
}
BOTH(bind_then_receive)

static void all_interfaces(dgram_type type, const char *address) {
    int peer = peer_open(type);
    dgram_socket *socket = new_socket(type);
    dgram_address here, there;
    char text[DGRAM_ADDRESS_TEXT_MAX];
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, address, 0), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(dgram_get_local_address(socket, &here), 0);
    assert_int_equal(dgram_address_format(&here, text, sizeof text), 0);
    assert_string_equal(text, type == DGRAM_UDP6 ? "::" : "0.0.0.0");

    there = loopback_of(socket);
    peer_send_text(peer, "hello", &there);
    run_until(&recorder.messages, 1);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}

static void no_address_means_all_interfaces(dgram_type type) {
    all_interfaces(type, NULL);
    all_interfaces(type, "");
}
BOTH(no_address_means_all_interfaces)

static void a_given_port_is_used(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    int peer = peer_open(type);
    dgram_address free_port = peer_address(peer);
    uint16_t port = dgram_address_port(&free_port);
    struct recorder recorder;

    peer_close(peer);
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, loopback(type), port), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(port_of(socket), port);
    dgram_close(socket);
    run_to_end();
}
BOTH(a_given_port_is_used)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(bind_then_receive),
        IN_LOOP_BOTH(no_address_means_all_interfaces),
        IN_LOOP_BOTH(a_given_port_is_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
