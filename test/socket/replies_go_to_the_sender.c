/* dgram_reply() sends to where a message came from, with information about the
   message and without. A connected socket answers its peer only. */
#include "peer.h"

/* What the answer of a socket was. */
struct answer {
    dgram_listener listener;
    int result;
    struct sent sent;
};

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct answer *answer = data;

    answer->result =
        dgram_reply(socket, message, "answer", 6, note_sent, &answer->sent);
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

static void asked_by(int peer, dgram_socket *socket, struct answer *answer) {
    dgram_address there = loopback_of(socket);
    char text[16] = "";

    dgram_on(socket, &answer->listener, &events, answer);
    peer_send_text(peer, "question", &there);
    run_until(&answer->sent.calls, 1);
    assert_int_equal(answer->result, 0);
    assert_int_equal(answer->sent.status, 6);
    assert_int_equal(recv(peer, text, sizeof text, 0), 6);
    assert_memory_equal(text, "answer", 6);
}

static void to_whoever_asks(dgram_type type, uint32_t receive_info) {
    const dgram_options options = {
        .size = sizeof options, .type = type, .receive_info = receive_info};
    dgram_socket *socket = new_socket_with(&options);
    int peer = peer_open(type);
    struct answer answer = {0};

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    asked_by(peer, socket, &answer);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}

static void without_information(dgram_type type) {
    to_whoever_asks(type, 0);
}
BOTH(without_information)

/* Where the system reports none, there is nothing to test. */
static void with_information(dgram_type type) {
#if defined(__linux__)
    to_whoever_asks(type, DGRAM_INFO_ALL);
    to_whoever_asks(type, DGRAM_INFO_INTERFACE);
    to_whoever_asks(type, DGRAM_INFO_TTL);
#else
    (void)type;
    skip();
#endif
}
BOTH(with_information)

static void to_the_peer(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type);
    struct answer answer = {0};

    assert_int_equal(dgram_connect_sync(socket, loopback(type),
                                        ntohs(peer_address(peer).v4.sin_port)),
                     0);
    asked_by(peer, socket, &answer);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}
BOTH(to_the_peer)

/* A message that was received before the connect. */
static void not_to_others_of_a_connected_socket(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address from = address_of(loopback(type), 9);
    dgram_message message = {.from = &from};
    struct sent sent = {0};

    assert_int_equal(dgram_connect_sync(socket, loopback(type), 10), 0);
    assert_int_equal(dgram_reply(socket, &message, "x", 1, note_sent, &sent),
                     DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    from = address_of(type == DGRAM_UDP6 ? "127.0.0.1" : "::1", 10);
    assert_int_equal(dgram_reply(socket, &message, "x", 1, note_sent, &sent),
                     DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sent.calls, 0);
}
BOTH(not_to_others_of_a_connected_socket)

static void misuse_is_returned(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    dgram_address from = address_of(loopback(type), 0);
    dgram_message message = {0};

    assert_int_equal(dgram_reply(socket, NULL, "x", 1, NULL, NULL),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_reply(socket, &message, "x", 1, NULL, NULL),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    message.from = &from;
    assert_int_equal(dgram_reply(socket, &message, "x", 1, NULL, NULL),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    assert_int_equal(dgram_reply(socket, &message, NULL, 1, NULL, NULL),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    from = address_of(loopback(type), 9);
    assert_int_equal(dgram_reply(socket, &message, NULL, 1, NULL, NULL),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    dgram_close(socket);
    assert_int_equal(dgram_reply(socket, &message, "x", 1, NULL, NULL),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    run_to_end();
}
BOTH(misuse_is_returned)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(without_information),
        IN_LOOP_BOTH(with_information),
        IN_LOOP_BOTH(to_the_peer),
        IN_LOOP_BOTH(not_to_others_of_a_connected_socket),
        IN_LOOP_BOTH(misuse_is_returned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
