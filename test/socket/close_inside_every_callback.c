/* Any callback may close its socket. `close` is then the last event. */
#include "peer.h"
#include "resolver.h"

enum place { LISTENING, CONNECT, MESSAGE, BATCH, ERROR };

struct closer {
    dgram_listener listener;
    enum place place;
    int done;
};

static void close_at(dgram_socket *socket, struct closer *closer,
                     enum place place) {
    if (closer->place != place || closer->done)
        return;
    closer->done = 1;
    assert_int_equal(dgram_close(socket), 0);
    assert_int_equal(dgram_close(socket), DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
}

static void at_listening(dgram_socket *socket, void *data) {
    close_at(socket, data, LISTENING);
}

static void at_connect(dgram_socket *socket, void *data) {
    close_at(socket, data, CONNECT);
}

static void at_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)message;
    close_at(socket, data, MESSAGE);
}

static void at_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    (void)messages;
    (void)count;
    close_at(socket, data, BATCH);
}

static void at_error(dgram_socket *socket, const dgram_error *error,
                     void *data) {
    (void)error;
    close_at(socket, data, ERROR);
}

static const dgram_events events = {
    .size = sizeof events,
    .listening = at_listening,
    .connect = at_connect,
    .message = at_message,
    .batch = at_batch,
    .error = at_error,
};

/* A socket has all kinds of events at once, and is closed in one of them. */
static void closed_at(dgram_type type, enum place place) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer), here;
    dgram_socket *socket = new_bound(type);
    struct closer closer = {.place = place};
    struct sent sent = {0}, connected = {0};
    static const char too_long[70000];
    struct recorder recorder;

    here = loopback_of(socket);
    dgram_on(socket, &closer.listener, &events, &closer);
    record_events(&recorder, socket);
    for (int i = 0; i < 20; i++)
        peer_send_text(peer, "ping", &here);
    dgram_send(socket, "pong", 4, &there, note_sent, &sent);
    dgram_send(socket, too_long, sizeof too_long, &there, NULL, NULL);
    assert_int_equal(dgram_connect(socket, NULL, dgram_address_port(&there),
                                   note_sent, &connected),
                     0);
    run_until(&closer.done, 1);
    run_to_end();
    assert_int_equal(sent.calls, 1);
    assert_int_equal(connected.calls, 1);
    assert_int_equal(recorder.closed, 1);
    assert_int_equal(recorder.log[strlen(recorder.log) - 1], 'x');
    /* The listener that closes comes first. Of the event that it closed in, at
       most one more is emitted. */
    if (place == MESSAGE)
        assert_true(recorder.messages <= 1);
    if (place == BATCH || place == LISTENING)
        assert_int_equal(recorder.messages, 0);
    peer_close(peer);
}

static void in_an_event(dgram_type type) {
    for (enum place place = LISTENING; place <= ERROR; place++)
        closed_at(type, place);
}
BOTH(in_an_event)

static void close_and_note(dgram_socket *socket, int status, void *data) {
    note_sent(socket, status, data);
    assert_int_equal(dgram_close(socket),
                     ((struct sent *)data)->calls == 1
                         ? 0
                         : DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
}

static void in_a_send_callback(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < 200; i++)
        assert_int_equal(
            dgram_send(socket, "x", 1, &there, close_and_note, &sent), 0);
    run_to_end();
    assert_int_equal(sent.calls, 200);
    assert_string_equal(recorder.log, "lx");
    peer_close(peer);
}
BOTH(in_a_send_callback)

static void in_a_connect_callback(dgram_type type) {
    struct resolver fails = {.status = UV_EAI_AGAIN};
    dgram_socket *good = new_socket(type), *bad = new_resolving(type, &fails);
    struct sent yes = {0}, no = {0};
    struct recorder recorders[2];

    record_events(&recorders[0], good);
    record_events(&recorders[1], bad);
    assert_int_equal(dgram_connect(good, NULL, 9, close_and_note, &yes), 0);
    assert_int_equal(dgram_connect(bad, "some.name", 9, close_and_note, &no),
                     0);
    run_to_end();
    assert_int_equal(yes.calls, 1);
    assert_int_equal(yes.status, 0);
    assert_int_equal(no.calls, 1);
    assert_int_equal(no.status, UV_EAI_AGAIN);
    assert_string_equal(recorders[0].log, "lcx");
    assert_string_equal(recorders[1].log, "lx");
}
BOTH(in_a_connect_callback)

static void in_a_lookup_function(dgram_type type) {
    struct resolver resolver = {.close_inside = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &sent), 0);
    run_to_end();
    assert_int_equal(resolver.asked, 1);
    assert_int_equal(sent.calls, 3);
    assert_int_equal(sent.status, UV_ECANCELED);
    assert_int_equal(recorder.closed, 1);
}
BOTH(in_a_lookup_function)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(in_an_event),
        IN_LOOP_BOTH(in_a_send_callback),
        IN_LOOP_BOTH(in_a_connect_callback),
        IN_LOOP_BOTH(in_a_lookup_function),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
