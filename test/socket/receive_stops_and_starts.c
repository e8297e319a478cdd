/* While receiving is stopped nothing is delivered, and nothing is lost: what
   was received together with the datagram that stopped it comes first. */
#include <unistd.h>

#include "peer.h"

#define COUNT 40

/* A listener that stops receiving at certain datagrams. */
struct stopper {
    dgram_listener listener;
    int messages, in_batches, stops;
    int every; /* datagrams between the stops; 0: none */
    bool at_batch, starts_again, closes;
};

static void stop(dgram_socket *socket, struct stopper *stopper) {
    stopper->stops++;
    assert_int_equal(dgram_receive_stop(socket), 0);
    if (stopper->starts_again)
        assert_int_equal(dgram_receive_start(socket), 0);
    if (stopper->closes)
        assert_int_equal(dgram_close(socket), 0);
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    struct stopper *stopper = data;

    assert_int_equal(stopper->in_batches, stopper->messages);
    assert_true(count <= DGRAM_BATCH_MAX);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(messages[i].payload[0], stopper->in_batches++);
    if (stopper->at_batch)
        stop(socket, stopper);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct stopper *stopper = data;

    assert_int_equal(message->payload[0], stopper->messages);
    assert_true(stopper->messages < stopper->in_batches);
    stopper->messages++;
    if (stopper->every > 0 && stopper->messages % stopper->every == 0)
        stop(socket, stopper);
}

static const dgram_events stopping = {
    .size = sizeof stopping, .batch = on_batch, .message = on_message};

/* Numbered datagrams in one wake-up, coalesced where the kernel does so. */
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

static dgram_socket *begin(dgram_type type, struct stopper *stopper) {
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);

    dgram_on(socket, &stopper->listener, &stopping, stopper);
    send_numbered(type, &here);
    return socket;
}

static void close_and_end(dgram_socket *socket) {
    dgram_close(socket);
    run_to_end();
}

/* Starts again after each stop, until all have come. */
static void start_until_all_came(dgram_socket *socket, struct stopper *stopper,
                                 int stops) {
    for (int i = 1; i <= stops; i++) {
        int seen;

        run_until(&stopper->stops, i);
        seen = stopper->messages;
        run_for(2);
        assert_int_equal(stopper->messages, seen);
        assert_int_equal(stopper->stops, i);
        assert_int_equal(dgram_receive_start(socket), 0);
        assert_int_equal(stopper->messages, seen); /* it comes from the loop */
    }
    run_until(&stopper->messages, COUNT);
    close_and_end(socket);
    assert_int_equal(stopper->messages, COUNT);
}

static void in_the_middle_of_a_batch(dgram_type type) {
    struct stopper stopper = {.every = 7};
    dgram_socket *socket = begin(type, &stopper);

    start_until_all_came(socket, &stopper, COUNT / 7);
}
BOTH(in_the_middle_of_a_batch)

static void at_the_last_of_a_batch(dgram_type type) {
    struct stopper stopper = {.every = COUNT};
    dgram_socket *socket = begin(type, &stopper);

    start_until_all_came(socket, &stopper, 1);
}
BOTH(at_the_last_of_a_batch)

static void between_a_batch_and_its_messages(dgram_type type) {
    struct stopper stopper = {.at_batch = true};
    dgram_socket *socket = begin(type, &stopper);

    run_until(&stopper.stops, 1);
    run_for(2);
    assert_true(stopper.in_batches > 0);
    assert_int_equal(stopper.messages, 0);
    stopper.at_batch = false;
    dgram_receive_start(socket);
    run_until(&stopper.messages, COUNT);
    close_and_end(socket);
}
BOTH(between_a_batch_and_its_messages)

static void started_in_the_same_listener(dgram_type type) {
    struct stopper stopper = {.every = 3, .starts_again = true};
    dgram_socket *socket = begin(type, &stopper);

    run_until(&stopper.messages, COUNT);
    assert_int_equal(stopper.stops, COUNT / 3);
    close_and_end(socket);
}
BOTH(started_in_the_same_listener)

static void closed_in_the_same_listener(dgram_type type) {
    struct stopper stopper = {.every = 3, .closes = true};

    begin(type, &stopper);
    run_to_end();
    assert_int_equal(stopper.messages, 3);
}
BOTH(closed_in_the_same_listener)

static void closed_while_stopped(dgram_type type) {
    struct stopper stopper = {.every = 3};
    dgram_socket *socket = begin(type, &stopper);

    run_until(&stopper.stops, 1);
    close_and_end(socket);
    assert_int_equal(stopper.messages, 3);
}
BOTH(closed_while_stopped)

static void closed_between_start_and_delivery(dgram_type type) {
    struct stopper stopper = {.every = 3};
    dgram_socket *socket = begin(type, &stopper);

    run_until(&stopper.stops, 1);
    dgram_receive_start(socket);
    close_and_end(socket);
    assert_int_equal(stopper.messages, 3);
}
BOTH(closed_between_start_and_delivery)

/* By the listener of a datagram that was kept; another socket uses the memory
   afterwards. */
static void closed_while_kept_ones_are_delivered(dgram_type type) {
    struct stopper stopper = {.every = 3}, other = {0};
    dgram_socket *socket = begin(type, &stopper), *second;

    run_until(&stopper.stops, 1);
    stopper.closes = true;
    dgram_receive_start(socket);
    run_until(&stopper.stops, 2);
    second = begin(type, &other);
    run_until(&other.messages, COUNT);
    close_and_end(second);
    assert_int_equal(stopper.messages, 6);
}
BOTH(closed_while_kept_ones_are_delivered)

static void stopped_between_start_and_delivery(dgram_type type) {
    struct stopper stopper = {.every = 3};
    dgram_socket *socket = begin(type, &stopper);

    run_until(&stopper.stops, 1);
    dgram_receive_start(socket);
    dgram_receive_stop(socket);
    run_for(2);
    assert_int_equal(stopper.messages, 3);
    stopper.every = 0;
    dgram_receive_start(socket);
    run_until(&stopper.messages, COUNT);
    close_and_end(socket);
}
BOTH(stopped_between_start_and_delivery)

/* Others receive while one keeps what it has received. */
static void others_go_on(dgram_type type) {
    struct stopper stopper = {.every = 3}, other = {0};
    dgram_socket *socket = begin(type, &stopper), *second;

    run_until(&stopper.stops, 1);
    second = begin(type, &other);
    run_until(&other.messages, COUNT);
    assert_int_equal(stopper.messages, 3);
    stopper.every = 0;
    dgram_receive_start(socket);
    run_until(&stopper.messages, COUNT);
    dgram_close(second);
    close_and_end(socket);
}
BOTH(others_go_on)

static void before_the_bind(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    int peer = peer_open(type);
    struct recorder recorder;
    dgram_address here;

    record_events(&recorder, socket);
    assert_int_equal(dgram_receive_stop(socket), 0);
    assert_int_equal(dgram_receive_stop(socket), 0);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    here = loopback_of(socket);
    peer_send_text(peer, "early", &here);
    run_for(2);
    assert_int_equal(recorder.listening, 1);
    assert_int_equal(recorder.messages, 0);
    assert_int_equal(dgram_receive_start(socket), 0);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "early");
    peer_close(peer);
    close_and_end(socket);
}
BOTH(before_the_bind)

/* A stopped socket keeps the loop as one that receives. */
static void the_loop_is_kept_as_ref_says(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    dgram_receive_stop(socket);
    assert_int_equal(uv_run(&test_loop, UV_RUN_NOWAIT), 0);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    run_until(&recorder.listening, 1);
    assert_int_not_equal(uv_run(&test_loop, UV_RUN_NOWAIT), 0);
    dgram_unref(socket);
    assert_int_equal(uv_run(&test_loop, UV_RUN_NOWAIT), 0);
    dgram_ref(socket);
    assert_int_not_equal(uv_run(&test_loop, UV_RUN_NOWAIT), 0);
    dgram_receive_start(socket);
    assert_int_not_equal(uv_run(&test_loop, UV_RUN_NOWAIT), 0);
    dgram_unref(socket);
    dgram_receive_stop(socket);
    assert_int_equal(uv_run(&test_loop, UV_RUN_NOWAIT), 0);
    dgram_ref(socket);
    close_and_end(socket);
}
BOTH(the_loop_is_kept_as_ref_says)

static void connected_and_disconnected_meanwhile(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type);
    dgram_address here = loopback_of(socket), there = peer_address(peer);
    struct recorder recorder;

    record_events(&recorder, socket);
    dgram_receive_stop(socket);
    assert_int_equal(
        dgram_connect_sync(socket, loopback(type), dgram_address_port(&there)),
        0);
    peer_send_text(peer, "one", &here);
    assert_int_equal(dgram_send(socket, "out", 3, NULL, NULL, NULL), 0);
    run_until(&recorder.connected, 1);
    peer_expect(peer, "out");
    assert_int_equal(dgram_disconnect(socket), 0);
    run_for(2);
    assert_int_equal(recorder.messages, 0);
    dgram_receive_start(socket);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "one");
    peer_close(peer);
    close_and_end(socket);
}
BOTH(connected_and_disconnected_meanwhile)

/* What a shared socket has not read is for the other processes. */
static void a_shared_one_leaves_the_rest_to_others(dgram_type type) {
    struct stopper stopper = {.every = 1};
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type), other = dup(dgram_fileno(socket));
    dgram_address here = loopback_of(socket);
    unsigned char payload;

    assert_int_equal(dgram_set_shared(socket, true), 0);
    dgram_on(socket, &stopper.listener, &stopping, &stopper);
    for (payload = 0; payload < 3; payload++)
        peer_send(peer, &payload, 1, &here);
    run_until(&stopper.stops, 1);
    run_for(2);
    assert_int_equal(stopper.messages, 1);
    assert_int_equal(recv(other, &payload, 1, 0), 1);
    assert_int_equal(payload, 1);
    stopper.in_batches = stopper.messages = 2;
    dgram_receive_start(socket);
    run_until(&stopper.stops, 2);
    assert_int_equal(stopper.messages, 3);
    close(other);
    peer_close(peer);
    close_and_end(socket);
}
BOTH(a_shared_one_leaves_the_rest_to_others)

static void misuse(dgram_type type) {
    dgram_socket *socket = new_bound(type);

    dgram_close(socket);
    assert_int_equal(dgram_receive_stop(socket),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_receive_start(socket),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    run_to_end();
}
BOTH(misuse)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(in_the_middle_of_a_batch),
        IN_LOOP_BOTH(at_the_last_of_a_batch),
        IN_LOOP_BOTH(between_a_batch_and_its_messages),
        IN_LOOP_BOTH(started_in_the_same_listener),
        IN_LOOP_BOTH(closed_in_the_same_listener),
        IN_LOOP_BOTH(closed_while_stopped),
        IN_LOOP_BOTH(closed_between_start_and_delivery),
        IN_LOOP_BOTH(closed_while_kept_ones_are_delivered),
        IN_LOOP_BOTH(stopped_between_start_and_delivery),
        IN_LOOP_BOTH(others_go_on),
        IN_LOOP_BOTH(before_the_bind),
        IN_LOOP_BOTH(the_loop_is_kept_as_ref_says),
        IN_LOOP_BOTH(connected_and_disconnected_meanwhile),
        IN_LOOP_BOTH(a_shared_one_leaves_the_rest_to_others),
        IN_LOOP_BOTH(misuse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
