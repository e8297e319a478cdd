/* A udp6 socket on all interfaces receives IPv4, too, unless it is IPv6-only.
 */
#include "peer.h"

static dgram_socket *bound_to_all(bool ipv6_only) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP6, .ipv6_only = ipv6_only};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, "::", 0), 0);
    return socket;
}

static void ipv4_senders_have_mapped_addresses(void **state) {
    dgram_socket *socket;
    dgram_address here, mapped;
    char text[DGRAM_ADDRESS_TEXT_MAX];
    struct sent sent = {0};
    struct recorder recorder;
    int peer;

    (void)state;
    if (!has_ipv6())
        skip();
    socket = bound_to_all(false);
    peer = peer_open(DGRAM_UDP4);
    record_events(&recorder, socket);
    here = address_of("127.0.0.1", port_of(socket));
    peer_send_text(peer, "four", &here);
    run_until(&recorder.messages, 1);
    mapped = recorder.message[0].from;
    assert_int_equal(dgram_address_format(&mapped, text, sizeof text), 0);
    assert_string_equal(text, "::ffff:127.0.0.1");
    assert_string_equal(dgram_address_family(&mapped), "IPv6");

    assert_int_equal(dgram_send(socket, "back", 4, &mapped, note_sent, &sent),
                     0);
    run_until(&sent.calls, 1);
    peer_expect(peer, "back");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}

static void ipv4_is_not_received(void **state) {
    dgram_socket *socket;
    dgram_address four, six;
    struct recorder recorder;
    int peer4, peer6;

    (void)state;
    if (!has_ipv6())
        skip();
    socket = bound_to_all(true);
    peer4 = peer_open(DGRAM_UDP4);
    peer6 = peer_open(DGRAM_UDP6);
    record_events(&recorder, socket);
    four = address_of("127.0.0.1", port_of(socket));
    six = address_of("::1", port_of(socket));
    peer_send_text(peer4, "four", &four);
    peer_send_text(peer6, "six", &six);
    run_until(&recorder.messages, 1);
    run_for(20);
    assert_int_equal(recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "six");
    dgram_close(socket);
    run_to_end();
    peer_close(peer4);
    peer_close(peer6);
}

static void the_port_can_be_shared_with_udp4(void **state) {
    (void)state;
    if (!has_ipv6())
        skip();
    for (int only = 0; only <= 1; only++) {
        dgram_socket *six = bound_to_all(only), *four = new_socket(DGRAM_UDP4);

        assert_int_equal(dgram_bind_sync(four, NULL, port_of(six)),
                         only ? 0 : UV_EADDRINUSE);
        dgram_close(four);
        dgram_close(six);
        run_to_end();
    }
}

static void udp4_refuses_the_option(void **state) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .ipv6_only = true};
    dgram_socket *socket = new_socket_with(&options);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), UV_EINVAL);
    assert_int_equal(dgram_bind(socket, "127.0.0.1", 0), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EINVAL);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(ipv4_senders_have_mapped_addresses),
        IN_LOOP(ipv4_is_not_received),
        IN_LOOP(the_port_can_be_shared_with_udp4),
        IN_LOOP(udp4_refuses_the_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
