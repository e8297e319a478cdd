/* dgram_try_send_batch() sends inside the call, reports the result of each
   datagram, and queues nothing. */
#include "peer.h"

static dgram_outgoing to(const dgram_address *address, const char *text) {
    return (dgram_outgoing){
        .payload = text, .length = strlen(text), .to = address};
}

static void expect_nothing_queued(dgram_socket *socket) {
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    assert_int_equal(dgram_get_send_queue_size(socket), 0);
}

static void close_and_end(dgram_socket *socket) {
    dgram_close(socket);
    run_to_end();
}

static void are_sent_inside_the_call(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_buffer parts[2] = {{.base = "in ", .length = 3},
                             {.base = "parts", .length = 5}};
    const dgram_outgoing messages[] = {
        to(&there, "one"),
        to(&there, ""),
        {.parts = parts, .part_count = 2, .to = &there},
        {.payload = "kept", .length = 4, .to = &there, .flags = DGRAM_NO_COPY},
    };
    int status[4] = {-1, -1, -1, -1};

    assert_int_equal(dgram_try_send_batch(socket, messages, 4, status), 4);
    assert_int_equal(status[0], 3);
    assert_int_equal(status[1], 0);
    assert_int_equal(status[2], 8);
    assert_int_equal(status[3], 4);
    peer_expect(peer, "one");
    peer_expect(peer, "");
    peer_expect(peer, "in parts");
    peer_expect(peer, "kept");
    expect_nothing_queued(socket);
    assert_int_equal(dgram_try_send_batch(socket, NULL, 0, NULL), 0);
    peer_close(peer);
    close_and_end(socket);
}
BOTH(are_sent_inside_the_call)

static void a_failed_one_stops_no_other(dgram_type type) {
    static char too_long[65536];
    dgram_blocklist *list;
    dgram_options options = {.size = sizeof options, .type = type};
    int peer = peer_open(type);
    dgram_address there = peer_address(peer), blocked, nowhere;
    const char *blocked_text = type == DGRAM_UDP4 ? "127.0.0.9" : "::9";
    int status[9];
    dgram_socket *socket;
    struct recorder recorder;

    assert_int_equal(dgram_blocklist_create(&list), 0);
    assert_int_equal(dgram_blocklist_add_address(list, blocked_text), 0);
    options.send_blocklist = list;
    socket = new_socket_with(&options);
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    blocked = address_of(blocked_text, 9);
    nowhere = address_of(loopback(type), 0);
    dgram_outgoing messages[] = {
        to(NULL, "no peer"),
        to(&there, "one"),
        to(&nowhere, "port 0"),
        to(&blocked, "blocked"),
        {.payload = too_long, .length = sizeof too_long, .to = &there},
        {.payload = "x", .length = 1, .host = "localhost", .port = 9},
        {.payload = "x", .length = 1, .to = &there, .flags = 0x80},
        {.payload = NULL, .length = 1, .to = &there},
        to(&there, "two"),
    };
    assert_int_equal(dgram_try_send_batch(socket, messages, 9, status), 9);
    assert_int_equal(status[0], DGRAM_ERR_SOCKET_BAD_PORT);
    assert_int_equal(status[1], 3);
    assert_int_equal(status[2], DGRAM_ERR_SOCKET_BAD_PORT);
    assert_int_equal(status[3], DGRAM_ERR_IP_BLOCKED);
    assert_int_equal(status[4], UV_EMSGSIZE);
    assert_int_equal(status[5], DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(status[6], DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(status[7], DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(status[8], 3);
    peer_expect(peer, "one");
    peer_expect(peer, "two");
    peer_expect_nothing(peer);
    expect_nothing_queued(socket);
    dgram_blocklist_release(list);
    peer_close(peer);
    close_and_end(socket);
    assert_int_equal(recorder.errors, 0);
}
BOTH(a_failed_one_stops_no_other)

static void binds_an_unbound_socket(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    const dgram_outgoing message = to(&there, "first");
    int status;

    assert_int_equal(dgram_try_send_batch(socket, &message, 1, &status), 1);
    assert_int_equal(status, 5);
    assert_true(port_of(socket) > 0);
    peer_expect(peer, "first");
    peer_close(peer);
    close_and_end(socket);
}
BOTH(binds_an_unbound_socket)

static void what_is_queued_goes_first(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    const dgram_outgoing message = to(&there, "second");
    struct sent sent = {0};
    int status;

    assert_int_equal(dgram_send(socket, "first", 5, &there, note_sent, &sent),
                     0);
    assert_int_equal(dgram_try_send_batch(socket, &message, 1, &status), 1);
    assert_int_equal(sent.calls, 0);
    peer_expect(peer, "first");
    peer_expect(peer, "second");
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 5);
    peer_close(peer);
    close_and_end(socket);
}
BOTH(what_is_queued_goes_first)

static void waits_for_a_bind(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    dgram_address there = address_of(loopback(type), 9);
    const dgram_outgoing message = to(&there, "early");
    struct recorder recorder;
    int status;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    status = 0;
    assert_int_equal(dgram_try_send_batch(socket, &message, 1, &status),
                     UV_EAGAIN);
    assert_int_equal(status, UV_EAGAIN);
    assert_int_equal(dgram_last_error(socket)->code, UV_EAGAIN);
    run_until(&recorder.listening, 1);
    assert_int_equal(dgram_try_send_batch(socket, &message, 1, &status), 1);
    assert_int_equal(status, 5);
    close_and_end(socket);
}
BOTH(waits_for_a_bind)

static void goes_to_the_peer(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    const dgram_outgoing messages[] = {to(NULL, "one"), to(&there, "two"),
                                       to(NULL, "three")};
    int status[3];

    assert_int_equal(
        dgram_connect_sync(socket, loopback(type), dgram_address_port(&there)),
        0);
    assert_int_equal(dgram_try_send_batch(socket, messages, 3, status), 3);
    assert_int_equal(status[0], 3);
    assert_int_equal(status[1], DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    assert_int_equal(status[2], 5);
    peer_expect(peer, "one");
    peer_expect(peer, "three");
    peer_close(peer);
    close_and_end(socket);
}
BOTH(goes_to_the_peer)

/* The kernel reports it at the next call, as the status of that datagram. */
static void an_error_of_the_peer_is_a_fate(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    const dgram_outgoing message = to(NULL, "x");
    int status = 0;
    struct recorder recorder;

    record_events(&recorder, socket);
    dgram_unref(socket);
    assert_int_equal(
        dgram_connect_sync(socket, loopback(type), dgram_address_port(&there)),
        0);
    peer_close(peer);
    for (int i = 0; i < 100 && status != UV_ECONNREFUSED; i++)
        assert_int_equal(dgram_try_send_batch(socket, &message, 1, &status), 1);
    assert_int_equal(status, UV_ECONNREFUSED);
    assert_int_equal(dgram_last_error(socket)->code, UV_ECONNREFUSED);
    assert_int_equal(dgram_last_error(socket)->port,
                     dgram_address_port(&there));
    close_and_end(socket);
}
BOTH(an_error_of_the_peer_is_a_fate)

static void misuse_changes_nothing(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    dgram_address there = address_of(loopback(type), 9);
    const dgram_outgoing message = to(&there, "x");
    const int invalid = DGRAM_ERR_INVALID_ARG_VALUE;
    int status = 77;

    assert_int_equal(dgram_try_send_batch(socket, NULL, 1, &status), invalid);
    assert_int_equal(dgram_try_send_batch(socket, &message, 1, NULL), invalid);
    assert_int_equal(
        dgram_try_send_batch(socket, &message, (size_t)INT32_MAX + 1, &status),
        invalid);
    assert_int_equal(dgram_last_error(socket)->code, invalid);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    dgram_close(socket);
    assert_int_equal(dgram_try_send_batch(socket, &message, 1, &status),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(status, 77);
    run_to_end();
}
BOTH(misuse_changes_nothing)

/* Answers to a datagram may be sent before its listener returns. */
static dgram_outgoing answer;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    int *answered = data, status;

    answer = to(message->from, "answer");
    assert_int_equal(dgram_try_send_batch(socket, &answer, 1, &status), 1);
    assert_int_equal(status, 6);
    dgram_close(socket);
    assert_int_equal(dgram_try_send_batch(socket, &answer, 1, &status),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    *answered = 1;
}

static void answers_inside_a_listener(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_message};
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type), answered = 0;
    dgram_address here = loopback_of(socket);
    dgram_listener listener;

    dgram_on(socket, &listener, &events, &answered);
    peer_send_text(peer, "question", &here);
    run_until(&answered, 1);
    peer_expect(peer, "answer");
    peer_close(peer);
    run_to_end();
}
BOTH(answers_inside_a_listener)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(are_sent_inside_the_call),
        IN_LOOP_BOTH(a_failed_one_stops_no_other),
        IN_LOOP_BOTH(binds_an_unbound_socket),
        IN_LOOP_BOTH(what_is_queued_goes_first),
        IN_LOOP_BOTH(waits_for_a_bind),
        IN_LOOP_BOTH(goes_to_the_peer),
        IN_LOOP_BOTH(an_error_of_the_peer_is_a_fate),
        IN_LOOP_BOTH(misuse_changes_nothing),
        IN_LOOP_BOTH(answers_inside_a_listener),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
