/* A socket is stopped in the middle of other things. Nothing is delivered until
   it is started, and then everything is, once and in order. */
#include <unistd.h>

#include "leaving.h"
#include "peer.h"

#define COUNT 40

/* Numbered datagrams in one system call, coalesced where the kernel does so. */
static void send_numbered(dgram_type type, const dgram_address *to) {
    dgram_socket *sender = new_bound(type);
    dgram_outgoing messages[COUNT];
    unsigned char payloads[COUNT];
    int status[COUNT];

    for (int i = 0; i < COUNT; i++) {
        payloads[i] = (unsigned char)i;
        messages[i] =
            (dgram_outgoing){.payload = &payloads[i], .length = 1, .to = to};
    }
    assert_int_equal(dgram_try_send_batch(sender, messages, COUNT, status),
                     COUNT);
    dgram_close(sender);
}

/* A listener that counts, and may stop at a message. */
struct counter {
    dgram_listener listener;
    int listening, messages, closed;
    int stop_at; /* a number of messages; 0: none */
};

static void stop_in_listening(dgram_socket *socket, void *data) {
    struct counter *counter = data;

    counter->listening++;
    if (counter->stop_at == 0)
        assert_int_equal(dgram_receive_stop(socket), 0);
}

static void count_in_order(dgram_socket *socket, const dgram_message *message,
                           void *data) {
    struct counter *counter = data;

    assert_int_equal(message->payload[0], counter->messages);
    if (++counter->messages == counter->stop_at)
        assert_int_equal(dgram_receive_stop(socket), 0);
}

static void on_close(dgram_socket *socket, void *data) {
    struct counter *counter = data;

    (void)socket;
    counter->closed++;
}

static const dgram_events events = {.size = sizeof events,
                                    .listening = stop_in_listening,
                                    .message = count_in_order,
                                    .close = on_close};

static dgram_socket *begin(dgram_type type, struct counter *counter) {
    dgram_socket *socket = new_bound(type);

    dgram_on(socket, &counter->listener, &events, counter);
    return socket;
}

static void end(dgram_socket *socket) {
    dgram_close(socket);
    run_to_end();
}

static void expect_nothing_until_the_start(dgram_socket *socket,
                                           struct counter *counter) {
    int before = counter->messages;

    run_for(2);
    assert_int_equal(counter->messages, before);
    assert_int_equal(dgram_receive_start(socket), 0);
    assert_int_equal(counter->messages, before);
    run_until(&counter->messages, COUNT);
    end(socket);
    assert_int_equal(counter->messages, COUNT);
    assert_int_equal(counter->closed, 1);
}

static void in_listening(dgram_type type) {
    struct counter counter = {0};
    dgram_socket *socket = begin(type, &counter);
    dgram_address here = loopback_of(socket);

    send_numbered(type, &here);
    run_until(&counter.listening, 1);
    expect_nothing_until_the_start(socket, &counter);
}
BOTH(in_listening)

/* The call reads what was coalesced, and keeps it. */
static void before_it_is_shared(dgram_type type) {
    struct counter counter = {0};
    dgram_socket *socket = begin(type, &counter);
    dgram_address here = loopback_of(socket);

    run_until(&counter.listening, 1);
    send_numbered(type, &here);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    expect_nothing_until_the_start(socket, &counter);
}
BOTH(before_it_is_shared)

/* What a listener left, what the call read, and what the kernel has. */
static void before_a_filter_is_removed(dgram_type type) {
    struct counter counter = {.stop_at = 3};
    dgram_socket *socket = begin(type, &counter);
    dgram_address here = loopback_of(socket);
    int peer = peer_open(type), result;

    send_numbered(type, &here);
    run_until(&counter.messages, 3);
    for (unsigned char i = COUNT; i < 2 * COUNT; i++)
        peer_send(peer, &i, 1, &here);
    result = dgram_attach_filter(socket, NULL, 0);
    assert_true(result == 0 || result == UV_ENOTSUP);
    run_for(2);
    assert_int_equal(counter.messages, 3);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_until(&counter.messages, 2 * COUNT);
    peer_close(peer);
    end(socket);
}
BOTH(before_a_filter_is_removed)

/* What it received before is delivered after the start. */
static void and_disconnected(dgram_type type) {
    struct counter counter = {.stop_at = 3};
    dgram_socket *socket = begin(type, &counter);
    dgram_address here = loopback_of(socket);

    send_numbered(type, &here);
    run_until(&counter.messages, 3);
    assert_int_equal(dgram_connect_sync(socket, loopback(type), 9), 0);
    run_for(2);
    assert_int_equal(dgram_disconnect(socket), 0);
    expect_nothing_until_the_start(socket, &counter);
}
BOTH(and_disconnected)

static void and_aborted(dgram_type type) {
    dgram_options options = {.size = sizeof options, .type = type};
    struct counter counter = {.stop_at = 3};
    dgram_socket *socket;
    dgram_address here;

    assert_int_equal(dgram_abort_create(&options.abort), 0);
    socket = new_socket_with(&options);
    dgram_on(socket, &counter.listener, &events, &counter);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    here = loopback_of(socket);
    send_numbered(type, &here);
    run_until(&counter.messages, 3);
    run_for(1);
    dgram_abort_signal(options.abort);
    dgram_abort_release(options.abort);
    run_to_end();
    assert_int_equal(counter.messages, 3);
    assert_int_equal(counter.closed, 1);
}
BOTH(and_aborted)

/* It is bound by its first send, and stays stopped. */
static void before_an_implicit_bind(dgram_type type) {
    struct counter counter = {0};
    dgram_socket *socket = new_socket(type);
    int peer = peer_open(type);
    dgram_address there = peer_address(peer), here;
    char text[8];

    assert_int_equal(dgram_receive_stop(socket), 0);
    dgram_on(socket, &counter.listener, &events, &counter);
    assert_int_equal(dgram_send(socket, "hello", 5, &there, NULL, NULL), 0);
    run_until(&counter.listening, 1);
    assert_int_equal(peer_receive(peer, text, sizeof text, &here), 5);
    send_numbered(type, &here);
    peer_close(peer);
    expect_nothing_until_the_start(socket, &counter);
}
BOTH(before_an_implicit_bind)

/* A bind that fails, and the next one, do not start it. */
static void before_a_bind_that_fails(dgram_type type) {
    struct counter counter = {0};
    struct recorder recorder;
    dgram_socket *socket = new_socket(type);
    dgram_address here;

    assert_int_equal(dgram_receive_stop(socket), 0);
    record_events(&recorder, socket);
    assert_int_equal(
        dgram_bind(socket, type == DGRAM_UDP4 ? "::1" : "1.2.3.4", 0), 0);
    run_until(&recorder.errors, 1);
    dgram_on(socket, &counter.listener, &events, &counter);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    here = loopback_of(socket);
    send_numbered(type, &here);
    expect_nothing_until_the_start(socket, &counter);
}
BOTH(before_a_bind_that_fails)

static void stop_and_leave(dgram_socket *socket, const dgram_message *message,
                           void *data) {
    (void)data;
    leaving.seen[message->payload[0]]++;
    dgram_receive_stop(socket);
    leave(MESSAGE);
}

/* An exception leaves each listener that has stopped receiving. */
static void by_a_listener_that_does_not_return(void **state) {
    static const dgram_events leaves = {.size = sizeof leaves,
                                        .message = stop_and_leave};
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address here = loopback_of(socket);
    dgram_listener listener;

    (void)state;
    dgram_on(socket, &listener, &leaves, NULL);
    send_numbered(DGRAM_UDP4, &here);
    leaving.times = COUNT;
    for (int i = 1; i <= COUNT; i++) {
        assert_int_equal(run_again(&leaving.calls[MESSAGE], i), 1);
        for (int j = 0; j < 3; j++)
            uv_run(&test_loop, UV_RUN_NOWAIT);
        assert_int_equal(leaving.calls[MESSAGE], i);
        assert_int_equal(dgram_receive_start(socket), 0);
    }
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(leaving.seen[i], 1);
    dgram_close(socket);
    run_again(NULL, 0);
    assert_int_equal(leaving.calls[MESSAGE], COUNT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(in_listening),
        IN_LOOP_BOTH(before_it_is_shared),
        IN_LOOP_BOTH(before_a_filter_is_removed),
        IN_LOOP_BOTH(and_disconnected),
        IN_LOOP_BOTH(and_aborted),
        IN_LOOP_BOTH(before_an_implicit_bind),
        IN_LOOP_BOTH(before_a_bind_that_fails),
        LEAVING(by_a_listener_that_does_not_return),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
