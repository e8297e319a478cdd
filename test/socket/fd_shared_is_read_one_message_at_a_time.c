/* A socket on a shared descriptor receives one message at a time. The rest of a
   burst is left to the other readers, even if this process ends. */
#include "peer.h"

#include <unistd.h>

#define COUNT 16 /* fewer than a wake-up may read */

static dgram_socket *adopt(dgram_type type, int fd, bool shared) {
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};
    dgram_socket *socket = new_socket(type);

    assert_int_equal(dgram_bind_with(socket, &options), 0);
    assert_int_equal(dgram_set_shared(socket, shared), 0);
    return socket;
}

static void send_burst(int peer, const dgram_address *to) {
    for (int i = 0; i < COUNT; i++)
        peer_send(peer, &i, sizeof i, to);
}

static void expect_numbers(int peer, int first) {
    int got;

    for (int i = first; i < COUNT; i++) {
        assert_int_equal(peer_receive(peer, &got, sizeof got, NULL),
                         sizeof got);
        assert_int_equal(got, i);
    }
    peer_expect_nothing(peer);
}

static void close_at_once(dgram_socket *socket, const dgram_message *message,
                          void *data) {
    (void)message;
    (void)data;
    dgram_close(socket);
}

static void the_rest_is_left_to_others(dgram_type type) {
    static const dgram_events closing = {
        .size = sizeof closing,
        .message = close_at_once,
    };
    int fd = peer_open(type), kept = dup(fd), peer = peer_open(type);
    dgram_address here = peer_address(fd);
    dgram_socket *socket = adopt(type, fd, true);
    dgram_listener listener;

    dgram_on(socket, &listener, &closing, NULL);
    send_burst(peer, &here);
    run_to_end();
    expect_numbers(kept, 1);
    peer_close(kept);
    peer_close(peer);
}
BOTH(the_rest_is_left_to_others)

struct answering {
    int peer, answered;
};

static void answer(dgram_socket *socket, const dgram_message *message,
                   void *data) {
    struct answering *answering = data;
    int got;

    if (answering->answered > 0) {
        peer_receive(answering->peer, &got, sizeof got, NULL);
        assert_int_equal(got, answering->answered - 1);
    }
    answering->answered++;
    assert_int_equal(dgram_send(socket, message->payload, message->length,
                                message->from, NULL, NULL),
                     0);
}

static void an_answer_is_sent_before_the_next_read(dgram_type type) {
    static const dgram_events events = {
        .size = sizeof events,
        .message = answer,
    };
    int fd = peer_open(type);
    dgram_address here = peer_address(fd);
    dgram_socket *socket = adopt(type, fd, true);
    struct answering answering = {.peer = peer_open(type)};
    dgram_listener listener;

    dgram_on(socket, &listener, &events, &answering);
    send_burst(answering.peer, &here);
    run_until(&answering.answered, COUNT);
    expect_numbers(answering.peer, COUNT - 1);
    dgram_close(socket);
    run_to_end();
    peer_close(answering.peer);
}
BOTH(an_answer_is_sent_before_the_next_read)

/* In how many batches a burst is received. */
static int batches_of(struct recorder *recorder, int peer,
                      const dgram_address *to) {
    int batches = recorder->batches;

    send_burst(peer, to);
    run_until(&recorder->messages, recorder->messages + COUNT);
    return recorder->batches - batches;
}

static void shared_can_be_unset(dgram_type type) {
    int fd = peer_open(type), peer = peer_open(type);
    dgram_address here = peer_address(fd);
    dgram_socket *socket = adopt(type, fd, false);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_in_range(batches_of(&recorder, peer, &here), 1, COUNT - 1);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    assert_int_equal(batches_of(&recorder, peer, &here), COUNT);
    assert_int_equal(dgram_set_shared(socket, false), 0);
    assert_in_range(batches_of(&recorder, peer, &here), 1, COUNT - 1);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(shared_can_be_unset)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(the_rest_is_left_to_others),
        IN_LOOP_BOTH(an_answer_is_sent_before_the_next_read),
        IN_LOOP_BOTH(shared_can_be_unset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
