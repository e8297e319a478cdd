/* A send on an unbound socket binds it. `listening` is the first event. */
#include "peer.h"
#include "resolver.h"

static void send_binds(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer), here, from;
    dgram_socket *socket = new_socket(type);
    char payload[16], text[DGRAM_ADDRESS_TEXT_MAX];
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_send(socket, "first", 5, &there, note_sent, &sent),
                     0);
    assert_int_equal(dgram_send(socket, "second", 6, &there, note_sent, &sent),
                     0);
    assert_int_equal(dgram_get_send_queue_count(socket), 2);
    assert_int_equal(dgram_get_send_queue_size(socket), 11);
    assert_int_equal(recorder.listening + sent.calls, 0);
    run_until(&sent.calls, 2);
    assert_int_equal(sent.status, 6);
    assert_int_equal(recorder.listening, 1);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);

    assert_int_equal(dgram_get_local_address(socket, &here), 0);
    dgram_address_format(&here, text, sizeof text);
    assert_string_equal(text, type == DGRAM_UDP6 ? "::" : "0.0.0.0");
    assert_int_equal(peer_receive(peer, payload, sizeof payload, &from), 5);
    assert_int_equal(dgram_address_port(&from), dgram_address_port(&here));
    peer_expect(peer, "second");
    peer_send_text(peer, "answer", &from);
    run_until(&recorder.messages, 1);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lmx");
    peer_close(peer);
}
BOTH(send_binds)

static void while_binding_sends_wait(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    assert_int_equal(dgram_send(socket, "a", 1, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_send(socket, "b", 1, &there, note_sent, &sent), 0);
    peer_expect_nothing(peer);
    run_until(&sent.calls, 2);
    assert_int_equal(recorder.listening, 1);
    peer_expect(peer, "a");
    peer_expect(peer, "b");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(while_binding_sends_wait)

/* An option with which every bind fails. */
static void the_error_of_the_bind_is_returned(void **state) {
    dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .ipv6_only = true};
    dgram_socket *socket = new_socket_with(&options);
    dgram_address there = address_of("127.0.0.1", 9);
    struct sent sent = {0};
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    for (int round = 1; round <= 3; round++) {
        assert_int_equal(dgram_send(socket, "x", 1, &there, note_sent, &sent),
                         UV_EINVAL);
        assert_int_equal(
            dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &sent),
            UV_EINVAL);
        assert_int_equal(dgram_connect(socket, NULL, 9, note_sent, &sent),
                         UV_EINVAL);
        assert_int_equal(dgram_connect_sync(socket, NULL, 9), UV_EINVAL);
        assert_int_equal(dgram_get_send_queue_count(socket), 0);
        assert_int_equal(dgram_get_send_queue_size(socket), 0);
        assert_int_equal(dgram_fileno(socket), UV_EBADF);
        run_for(1);
    }
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sent.calls, 0);
    assert_string_equal(recorder.log, "x");
}

static void a_failed_bind_fails_queued_sends(dgram_type type) {
    int peer = peer_open(type);
    dgram_address taken = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct sent sent = {0}, connected = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_bind(socket, loopback(type), dgram_address_port(&taken)), 0);
    assert_int_equal(dgram_send(socket, "x", 1, &taken, note_sent, &sent), 0);
    assert_int_equal(dgram_send_to(socket, "y", 1, NULL, 9, note_sent, &sent),
                     0);
    assert_int_equal(dgram_connect(socket, NULL, 9, note_sent, &connected), 0);
    run_until(&sent.calls, 2);
    run_until(&connected.calls, 1);
    assert_int_equal(sent.status, UV_EADDRINUSE);
    assert_int_equal(connected.status, UV_EADDRINUSE);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    assert_int_equal(dgram_get_send_queue_size(socket), 0);

    /* The socket is as new. */
    assert_int_equal(dgram_send(socket, "z", 1, &taken, note_sent, &sent), 0);
    run_until(&sent.calls, 3);
    assert_int_equal(sent.status, 1);
    peer_expect(peer, "z");
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "elx");
    peer_close(peer);
}
BOTH(a_failed_bind_fails_queued_sends)

/* The lookup is still pending when the bind fails. */
static void a_send_to_a_name_survives_a_failed_bind(dgram_type type) {
    int peer = peer_open(type);
    dgram_address taken = peer_address(peer);
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_bind(socket, loopback(type), dgram_address_port(&taken)), 0);
    assert_int_equal(dgram_send_to(socket, "late", 4, "some.name",
                                   dgram_address_port(&taken), note_sent,
                                   &sent),
                     0);
    run_until(&recorder.errors, 1);
    run_until(&resolver.asked, 1);
    resolver_answer(&resolver);
    run_until(&sent.calls, 1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sent.calls, 1);
    peer_close(peer);
}
BOTH(a_send_to_a_name_survives_a_failed_bind)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(send_binds),
        IN_LOOP_BOTH(while_binding_sends_wait),
        IN_LOOP(the_error_of_the_bind_is_returned),
        IN_LOOP_BOTH(a_failed_bind_fails_queued_sends),
        IN_LOOP_BOTH(a_send_to_a_name_survives_a_failed_bind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
