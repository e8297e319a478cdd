/* Datagrams that are queued are counted, and can be limited. */
#include "peer.h"
#include "resolver.h"

static void datagrams_count_until_they_are_sent(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    struct sent sent = {0};

    for (int i = 1; i <= 10; i++) {
        assert_int_equal(
            dgram_send(socket, "1234567", 7, &there, note_sent, &sent), 0);
        assert_int_equal(dgram_get_send_queue_count(socket), i);
        assert_int_equal(dgram_get_send_queue_size(socket), 7 * i);
    }
    assert_int_equal(dgram_flush(socket), 0);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    assert_int_equal(dgram_get_send_queue_size(socket), 0);
    /* They were sent inside the call; the callbacks come from the loop. */
    for (int i = 0; i < 10; i++)
        peer_expect(peer, "1234567");
    assert_int_equal(sent.calls, 0);
    run_until(&sent.calls, 10);
    assert_int_equal(sent.status, 7);
    assert_int_equal(dgram_flush(socket), 0);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sent.calls, 10);
    peer_close(peer);
}
BOTH(datagrams_count_until_they_are_sent)

static void flush_returns_what_waits_for_a_bind(dgram_type type) {
    struct resolver resolver = {.later = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    dgram_address there = address_of(loopback(type), 9);
    struct sent sent = {0};

    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    assert_int_equal(dgram_send(socket, "abc", 3, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_send(socket, "", 0, &there, note_sent, &sent), 0);
    assert_int_equal(
        dgram_send_to(socket, "named", 5, "other.name", 9, note_sent, &sent),
        0);
    run_until(&resolver.asked, 2);
    assert_int_equal(dgram_flush(socket), 3);
    assert_int_equal(dgram_get_send_queue_count(socket), 3);
    assert_int_equal(dgram_get_send_queue_size(socket), 8);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sent.calls, 3);
    assert_int_equal(sent.status, UV_ECANCELED);
}
BOTH(flush_returns_what_waits_for_a_bind)

#define COST 256       /* what dgram.h says that a datagram counts for */
#define NAMED_COST 768 /* while its host is looked up, without its text */

static dgram_socket *new_bounded(dgram_type type, size_t size_max) {
    dgram_options options = {
        .size = sizeof options, .type = type, .send_queue_size_max = size_max};
    dgram_socket *socket;

    socket = new_socket_with(&options);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

static void a_full_queue_refuses_sends(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bounded(type, 3 * COST + 10);
    struct sent sent = {0}, never = {0};
    static const char big[COST * 2 + 6];
    char text[64];

    assert_int_equal(dgram_send(socket, "12345", 5, &there, note_sent, &sent),
                     0);
    assert_int_equal(
        dgram_send(socket, big, COST * 2 + 6, &there, note_sent, &never),
        UV_ENOBUFS);
    assert_int_equal(
        dgram_send_to(socket, "1", 1, "some.name", 9, note_sent, &never),
        UV_ENOBUFS);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, "send ENOBUFS");
    assert_int_equal(dgram_get_send_queue_size(socket), 5);
    assert_int_equal(dgram_get_send_queue_count(socket), 1);
    assert_int_equal(dgram_send(socket, "12345", 5, &there, note_sent, &sent),
                     0);
    assert_int_equal(dgram_send(socket, "1", 1, &there, note_sent, &never),
                     UV_ENOBUFS);
    assert_int_equal(dgram_send(socket, "", 0, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_send(socket, "", 0, &there, note_sent, &never),
                     UV_ENOBUFS);
    run_until(&sent.calls, 3);

    /* It is empty again. */
    assert_int_equal(
        dgram_send(socket, big, sizeof big, &there, note_sent, &sent), 0);
    run_until(&sent.calls, 4);
    assert_int_equal(sent.status, sizeof big);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(never.calls, 0);
    peer_close(peer);
}
BOTH(a_full_queue_refuses_sends)

/* A datagram that waits for its host counts, too. */
static void sends_to_names_fill_it(dgram_type type) {
    static const char name[] = "localhost";
    dgram_socket *socket =
        new_bounded(type, NAMED_COST + sizeof name - 1 + 7 + COST + 3);
    dgram_address there = address_of(loopback(type), 9);
    struct sent sent = {0}, never = {0};

    assert_int_equal(
        dgram_send_to(socket, "1234567", 7, name, 9, note_sent, &sent), 0);
    assert_int_equal(dgram_send(socket, "1234", 4, &there, note_sent, &never),
                     UV_ENOBUFS);
    assert_int_equal(dgram_send_to(socket, "", 0, name, 9, note_sent, &never),
                     UV_ENOBUFS);
    assert_int_equal(dgram_send(socket, "123", 3, &there, note_sent, &sent), 0);
    assert_int_equal(dgram_get_send_queue_size(socket), 10);
    run_until(&sent.calls, 2);
    assert_int_equal(dgram_get_send_queue_size(socket), 0);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(never.calls, 0);
}
BOTH(sends_to_names_fill_it)

static void a_batch_ends_at_the_limit(dgram_type type) {
    enum { COUNT = 20 };
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .send_queue_size_max = 10 * (10 + COST)};
    dgram_socket *socket = new_socket_with(&options);
    dgram_address there = address_of(loopback(type), 9);
    dgram_outgoing batch[COUNT];
    struct sent sent = {0};

    for (int i = 0; i < COUNT; i++)
        batch[i] = (dgram_outgoing){
            .payload = "1234567890", .length = 10, .to = &there, .data = &sent};
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    assert_int_equal(dgram_send_batch(socket, batch, COUNT, NULL, note_sent),
                     10);
    assert_int_equal(dgram_last_error(socket)->code, UV_ENOBUFS);
    assert_int_equal(dgram_send_batch(socket, batch, COUNT, NULL, note_sent),
                     UV_ENOBUFS);
    run_until(&sent.calls, 10);
    run_for(1);
    assert_int_equal(sent.calls, 10);
    assert_int_equal(sent.status, 10);
    dgram_close(socket);
    run_to_end();
}
BOTH(a_batch_ends_at_the_limit)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(datagrams_count_until_they_are_sent),
        IN_LOOP_BOTH(flush_returns_what_waits_for_a_bind),
        IN_LOOP_BOTH(a_full_queue_refuses_sends),
        IN_LOOP_BOTH(sends_to_names_fill_it),
        IN_LOOP_BOTH(a_batch_ends_at_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
