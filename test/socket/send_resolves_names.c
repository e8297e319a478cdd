/* A send to a name waits for the resolver. Other sends do not wait for it. */
#include "peer.h"
#include "resolver.h"

static void answered_in_the_call_or_later(dgram_type type) {
    for (int later = 0; later <= 1; later++) {
        int peer = peer_open(type);
        dgram_address there = peer_address(peer);
        struct resolver resolver = {.later = later};
        dgram_socket *socket = new_resolving(type, &resolver);
        struct sent sent = {0};
        char payload[] = "copied";

        assert_int_equal(dgram_send_to(socket, payload, 6, "some.name",
                                       dgram_address_port(&there), note_sent,
                                       &sent),
                         0);
        memset(payload, '-', sizeof payload);
        run_until(&resolver.asked, 1);
        assert_string_equal(resolver.host, "some.name");
        assert_int_equal(resolver.type, type);
        if (later) {
            assert_int_equal(dgram_get_send_queue_count(socket), 1);
            assert_int_equal(dgram_get_send_queue_size(socket), 6);
            assert_int_equal(dgram_flush(socket), 1);
            resolver_answer(&resolver);
            assert_int_equal(sent.calls, 0);
        }
        run_until(&sent.calls, 1);
        assert_int_equal(sent.status, 6);
        assert_int_equal(dgram_get_send_queue_count(socket), 0);
        peer_expect(peer, "copied");
        dgram_close(socket);
        run_to_end();
        assert_int_equal(resolver.cancelled, 0);
        peer_close(peer);
    }
}
BOTH(answered_in_the_call_or_later)

static void the_system_knows_localhost(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    struct sent sent = {0};

    (void)state;
    assert_int_equal(dgram_send_to(socket, "hi", 2, "localhost",
                                   dgram_address_port(&there), note_sent,
                                   &sent),
                     0);
    run_until(&sent.calls, 1);
    peer_expect(peer, "hi");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}

static void numeric_addresses_overtake_names(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    uint16_t port = dgram_address_port(&there);
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent named = {0}, numeric = {0};

    assert_int_equal(
        dgram_send_to(socket, "slow", 4, "some.name", port, note_sent, &named),
        0);
    assert_int_equal(dgram_send_to(socket, "fast", 4, loopback(type), port,
                                   note_sent, &numeric),
                     0);
    run_until(&numeric.calls, 1);
    assert_int_equal(resolver.asked, 1);
    assert_int_equal(named.calls, 0);
    resolver_answer(&resolver);
    run_until(&named.calls, 1);
    peer_expect(peer, "fast");
    peer_expect(peer, "slow");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(numeric_addresses_overtake_names)

static void a_failure_is_reported(dgram_type type) {
    struct resolver resolver = {.status = UV_EAI_AGAIN};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent sent = {0};
    struct recorder recorder;
    char text[64];

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, UV_EAI_AGAIN);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, "getaddrinfo EAI_AGAIN some.name");
    assert_int_equal(recorder.errors, 0);

    resolver.refusal = UV_ENOSYS;
    assert_int_equal(dgram_send_to(socket, "x", 1, "other.name", 9, NULL, NULL),
                     0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_ENOSYS);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    assert_int_equal(dgram_get_send_queue_size(socket), 0);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lex");
}
BOTH(a_failure_is_reported)

static void close_cancels_it(dgram_type type) {
    struct resolver resolver = {.later = 1};
    struct resolver closing = {.close_inside = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    dgram_socket *other = new_resolving(type, &closing);
    struct sent sent = {0}, sent_too = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < 5; i++)
        assert_int_equal(
            dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &sent), 0);
    assert_int_equal(dgram_send_to(socket, "x", 1, "some.name", 9, NULL, NULL),
                     0);
    dgram_send_to(other, "x", 1, "some.name", 9, note_sent, &sent_too);
    run_until(&resolver.asked, 6);
    dgram_close(socket);
    assert_int_equal(sent.calls, 0);
    run_to_end();
    assert_int_equal(resolver.cancelled, 6);
    assert_int_equal(sent.calls, 5);
    assert_int_equal(sent.status, UV_ECANCELED);
    assert_int_equal(sent_too.calls, 1);
    assert_int_equal(sent_too.status, UV_ECANCELED);
    assert_string_equal(recorder.log, "lx");
}
BOTH(close_cancels_it)

/* Without a cancel function the late answer is dropped. */
static void a_late_answer_is_dropped(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    struct sent sent = {0};

    (void)state;
    assert_int_equal(
        dgram_send_to(socket, "x", 1, "localhost", 9, note_sent, &sent), 0);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, UV_ECANCELED);
}

/* After a connect the destination is an error. */
static void a_socket_that_is_connected_meanwhile(dgram_type type) {
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent sent = {0};

    assert_int_equal(
        dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &sent), 0);
    run_until(&resolver.asked, 1);
    assert_int_equal(dgram_connect_sync(socket, NULL, 9), 0);
    resolver_answer(&resolver);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, UV_EISCONN);
    dgram_close(socket);
    run_to_end();
}
BOTH(a_socket_that_is_connected_meanwhile)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(answered_in_the_call_or_later),
        IN_LOOP(the_system_knows_localhost),
        IN_LOOP_BOTH(numeric_addresses_overtake_names),
        IN_LOOP_BOTH(a_failure_is_reported),
        IN_LOOP_BOTH(close_cancels_it),
        IN_LOOP(a_late_answer_is_dropped),
        IN_LOOP_BOTH(a_socket_that_is_connected_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
