/* A close sends what the kernel takes at once and cancels the rest. Then comes
   `close`, and nothing after it. */
#include "peer.h"
#include "resolver.h"

static void sends_are_done_where_possible(dgram_type type) {
    enum { COUNT = 100 };
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(dgram_send(socket, "bye", 3, &there, note_sent, &sent),
                         0);
    assert_int_equal(dgram_close(socket), 0);
    assert_int_equal(sent.calls, 0);
    for (int i = 0; i < COUNT; i++)
        peer_expect(peer, "bye");
    run_to_end();
    assert_int_equal(sent.calls, COUNT);
    assert_int_equal(sent.status, 3);
    assert_string_equal(recorder.log, "x");
    peer_close(peer);
}
BOTH(sends_are_done_where_possible)

static void sends_on_an_unbound_socket_too(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct sent sent = {0};

    assert_int_equal(dgram_send(socket, "bye", 3, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_close(socket), 0);
    run_to_end();
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, 3);
    peer_expect(peer, "bye");
    peer_close(peer);
}
BOTH(sends_on_an_unbound_socket_too)

static void sends_that_wait_for_a_bind_are_cancelled(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct sent sent = {0};
    struct recorder recorder;
    const dgram_outgoing batch[] = {
        {.payload = "a", .length = 1, .to = &there, .data = &sent},
        {.payload = "b", .length = 1, .to = &there, .data = &sent},
    };

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    assert_int_equal(dgram_send(socket, "x", 1, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_send(socket, "y", 1, &there, NULL, NULL), 0);
    assert_int_equal(dgram_send_batch(socket, batch, 2, NULL, note_sent), 2);
    assert_int_equal(dgram_close(socket), 0);
    assert_int_equal(sent.calls, 0);
    run_to_end();
    assert_int_equal(sent.calls, 3);
    assert_int_equal(sent.status, UV_ECANCELED);
    assert_string_equal(recorder.log, "x");
    peer_expect_nothing(peer);
    peer_close(peer);
}
BOTH(sends_that_wait_for_a_bind_are_cancelled)

/* The callback of a cancelled send checks that `close` has not come yet. */
struct watched {
    struct recorder *recorder;
    int calls;
    int closed_before;
};

static void watch(dgram_socket *socket, int status, void *data) {
    struct watched *watched = data;
    dgram_address there = address_of("127.0.0.1", 9);

    assert_int_equal(status, UV_ECANCELED);
    watched->calls++;
    watched->closed_before += watched->recorder->closed;
    assert_int_equal(dgram_close(socket), DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_send(socket, "x", 1, &there, NULL, NULL),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
}

static void callbacks_come_before_close(dgram_type type) {
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    dgram_address there = address_of(loopback(type), 9);
    struct recorder recorder;
    struct watched watched = {.recorder = &recorder};

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    assert_int_equal(dgram_connect(socket, "some.name", 9, watch, &watched), 0);
    assert_int_equal(dgram_send(socket, "x", 1, &there, watch, &watched), 0);
    assert_int_equal(
        dgram_send_to(socket, "x", 1, "some.name", 9, watch, &watched), 0);
    run_until(&resolver.asked, 3);
    assert_int_equal(dgram_close(socket), 0);
    assert_int_equal(resolver.cancelled, 3);
    assert_int_equal(watched.calls, 0);
    run_to_end();
    assert_int_equal(watched.calls, 3);
    assert_int_equal(watched.closed_before, 0);
    assert_string_equal(recorder.log, "x");
}
BOTH(callbacks_come_before_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(sends_are_done_where_possible),
        IN_LOOP_BOTH(sends_on_an_unbound_socket_too),
        IN_LOOP_BOTH(sends_that_wait_for_a_bind_are_cancelled),
        IN_LOOP_BOTH(callbacks_come_before_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
