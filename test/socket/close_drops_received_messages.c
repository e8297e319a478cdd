/* After dgram_close() no message is emitted, even if it was received before. */
#include "peer.h"

static void messages_in_the_kernel_are_dropped(dgram_type type) {
    int peer = peer_open(type);
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    struct recorder recorder;

    record_events(&recorder, socket);
    run_until(&recorder.listening, 1);
    for (int i = 0; i < 50; i++)
        peer_send_text(peer, "ping", &here);
    assert_int_equal(dgram_close(socket), 0);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
    peer_close(peer);
}
BOTH(messages_in_the_kernel_are_dropped)

/* The first of many messages closes the socket. A second socket is not
   affected. */
struct counter {
    dgram_listener listener;
    int received, limit;
};

static void close_at_the_limit(dgram_socket *socket,
                               const dgram_message *message, void *data) {
    struct counter *counter = data;

    assert_int_equal(message->length, 4);
    if (++counter->received == counter->limit)
        assert_int_equal(dgram_close(socket), 0);
}

static void messages_of_the_same_batch_are_dropped(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = close_at_the_limit};
    static const int limits[] = {1, 2, 31, 32, 33, 50};
    int peer = peer_open(type);

    for (int i = 0; i < 6; i++) {
        dgram_socket *socket = new_bound(type), *other = new_bound(type);
        dgram_address here = loopback_of(socket), there = loopback_of(other);
        struct counter counter = {.limit = limits[i]};
        struct recorder recorder;

        dgram_on(socket, &counter.listener, &events, &counter);
        record_events(&recorder, other);
        for (int k = 0; k < 60; k++) {
            peer_send_text(peer, "ping", &here);
            peer_send_text(peer, "pong", &there);
        }
        run_until(&recorder.messages, 60);
        run_until(&counter.received, limits[i]);
        dgram_close(other);
        run_to_end();
        assert_int_equal(counter.received, limits[i]);
        assert_int_equal(recorder.messages, 60);
    }
    peer_close(peer);
}
BOTH(messages_of_the_same_batch_are_dropped)

/* A message of one socket closes another that has messages, too. */
struct pair {
    dgram_listener listener;
    dgram_socket *other;
};

static void close_other(dgram_socket *socket, const dgram_message *message,
                        void *data) {
    struct pair *pair = data;

    (void)socket;
    (void)message;
    if (pair->other != NULL)
        assert_int_equal(dgram_close(pair->other), 0);
    pair->other = NULL;
}

static void one_socket_closes_another(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = close_other};
    int peer = peer_open(type);
    dgram_socket *a = new_bound(type), *b = new_bound(type);
    dgram_address to_a = loopback_of(a), to_b = loopback_of(b);
    struct pair of_a = {.other = b}, of_b = {.other = a};
    struct recorder recorders[2];

    dgram_on(a, &of_a.listener, &events, &of_a);
    dgram_on(b, &of_b.listener, &events, &of_b);
    record_events(&recorders[0], a);
    record_events(&recorders[1], b);
    for (int i = 0; i < 10; i++) {
        peer_send_text(peer, "ping", &to_a);
        peer_send_text(peer, "ping", &to_b);
    }
    while (recorders[0].messages < 10 && recorders[1].messages < 10)
        run_for(1);
    run_for(1);
    assert_int_equal(recorders[0].closed + recorders[1].closed, 1);
    assert_int_equal(recorders[0].messages + recorders[1].messages, 10);
    dgram_close(recorders[0].closed ? b : a);
    run_to_end();
    peer_close(peer);
}
BOTH(one_socket_closes_another)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(messages_in_the_kernel_are_dropped),
        IN_LOOP_BOTH(messages_of_the_same_batch_are_dropped),
        IN_LOOP_BOTH(one_socket_closes_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
