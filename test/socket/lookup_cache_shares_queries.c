/* With `lookup_ttl`, lookups of one name at the same time are one query, and
   the datagrams to it keep their order. */
#include "names.h"
#include "peer.h"

#define COUNT 100

static void datagrams_keep_their_order(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    uint16_t port = dgram_address_port(&there);
    dgram_socket *socket = new_keeping(type);
    struct sent sent = {0};
    char text[8];

    names.hold = true;
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "%d", i);
        assert_int_equal(dgram_send_to(socket, text, strlen(text), "some.name",
                                       port, note_sent, &sent),
                         0);
    }
    assert_int_equal(dgram_get_send_queue_count(socket), COUNT);
    assert_int_equal(names.asked, 1);
    names_answer(0);
    /* The answer is known, but those before have not used it yet. */
    assert_int_equal(
        dgram_send_to(socket, "last", 4, "some.name", port, note_sent, &sent),
        0);
    run_until(&sent.calls, COUNT + 1);
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "%d", i);
        peer_expect(peer, text);
    }
    peer_expect(peer, "last");
    assert_int_equal(names.asked, 1);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(datagrams_keep_their_order)

static struct again {
    uint16_t port;
    struct sent sent;
} again;

static void send_again(dgram_socket *socket, int status, void *data) {
    (void)data;
    assert_int_equal(status, DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_send_to(socket, "second", 6, "some.name", again.port,
                                   note_sent, &again.sent),
                     0);
}

/* A datagram that a callback sends, while others have not used the answer. */
static void a_callback_does_not_overtake(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_keeping(type);
    const dgram_send_info wrong = {
        .set = DGRAM_INFO_LOCAL,
        .local = address_of(
            loopback(type == DGRAM_UDP4 ? DGRAM_UDP6 : DGRAM_UDP4), 0)};
    dgram_outgoing message = {
        .payload = "never", .length = 5, .host = "some.name", .info = &wrong};
    struct sent sent = {0};

    again = (struct again){.port = dgram_address_port(&there)};
    message.port = again.port;
    names.hold = true;
    assert_int_equal(dgram_send_batch(socket, &message, 1, NULL, send_again),
                     1);
    dgram_send_to(socket, "first", 5, "some.name", again.port, note_sent,
                  &sent);
    names_answer(0);
    run_until(&again.sent.calls, 1);
    peer_expect(peer, "first");
    peer_expect(peer, "second");
    assert_int_equal(names.asked, 1);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(a_callback_does_not_overtake)

static void a_socket_that_closes_leaves_the_others(dgram_type type) {
    dgram_socket *first = new_keeping(type), *second = new_keeping(type);
    struct sent closed = {0}, sent = {0};

    names.hold = names.cancel = true;
    dgram_send_to(first, "x", 1, "some.name", 9, note_sent, &closed);
    dgram_connect(second, "some.name", 9, note_sent, &sent);
    dgram_close(first);
    run_until(&closed.calls, 1);
    assert_int_equal(closed.status, UV_ECANCELED);
    assert_int_equal(names.cancelled, 0);
    names_answer(0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 0);
    assert_int_equal(names.asked, 1);
    dgram_close(second);
    run_to_end();
}
BOTH(a_socket_that_closes_leaves_the_others)

/* It was the last that waited. Another comes before the end of the query. */
static void the_last_cancels_the_query(dgram_type type) {
    for (int cancel = 0; cancel <= 1; cancel++) {
        dgram_socket *first = new_keeping(type), *second = new_keeping(type);
        struct sent closed = {0}, sent = {0};
        int asked = names.asked;

        names.hold = true;
        names.cancel = cancel;
        dgram_send_to(first, "x", 1, "some.name", 9, note_sent, &closed);
        dgram_close(first);
        dgram_send_to(second, "x", 1, "some.name", 9, note_sent, &sent);
        assert_int_equal(names.asked, asked + 1 + cancel);
        names_answer(asked + cancel);
        run_until(&sent.calls, 1);
        assert_int_equal(sent.status, 1);
        dgram_close(second);
        run_to_end();
        assert_int_equal(closed.calls, 1);
    }
}
BOTH(the_last_cancels_the_query)

/* The query outlives the record of the loop. */
static void the_last_socket_frees_the_cache(dgram_type type) {
    dgram_socket *socket = new_keeping(type);
    struct sent closed = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    names.hold = true;
    dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &closed);
    dgram_close(socket);
    run_until(&recorder.closed, 1);
    run_for(10);
    assert_int_equal(closed.status, UV_ECANCELED);
    names_answer(0);
    run_to_end();
}
BOTH(the_last_socket_frees_the_cache)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_NAMES_BOTH(datagrams_keep_their_order),
        WITH_NAMES_BOTH(a_callback_does_not_overtake),
        WITH_NAMES_BOTH(a_socket_that_closes_leaves_the_others),
        WITH_NAMES_BOTH(the_last_cancels_the_query),
        WITH_NAMES_BOTH(the_last_socket_frees_the_cache),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
