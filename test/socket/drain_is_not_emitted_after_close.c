/* A queue that a close empties emits no `drain`, and a listener of `drain` may
   close the socket. */
#include "peer.h"

static dgram_socket *new_bounded(dgram_type type) {
    const dgram_options options = {
        .size = sizeof options, .type = type, .send_queue_size_max = 1000};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

static void fill(dgram_socket *socket, dgram_send_cb cb, void *data) {
    dgram_address there = address_of(loopback(dgram_get_type(socket)), 9);

    for (int i = 0; i < 3; i++)
        assert_int_equal(dgram_send(socket, "", 0, &there, cb, data), 0);
}

static void closed_with_a_full_queue(dgram_type type) {
    dgram_socket *socket = new_bounded(type);
    struct recorder recorder;
    struct sent sent = {0};

    record_events(&recorder, socket);
    fill(socket, note_sent, &sent);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sent.calls, 3);
    assert_string_equal(recorder.log, "x");
}
BOTH(closed_with_a_full_queue)

static void close_at_the_last(dgram_socket *socket, int status, void *data) {
    int *calls = data;

    (void)status;
    if (++*calls == 3)
        dgram_close(socket);
}

/* The queue is empty, so the event is due. */
static void closed_by_the_callback_before_it(dgram_type type) {
    dgram_socket *socket = new_bounded(type);
    struct recorder recorder;
    int calls = 0;

    record_events(&recorder, socket);
    fill(socket, close_at_the_last, &calls);
    run_to_end();
    assert_int_equal(calls, 3);
    assert_string_equal(recorder.log, "lx");
}
BOTH(closed_by_the_callback_before_it)

static void on_drain(dgram_socket *socket, void *data) {
    (void)data;
    dgram_close(socket);
}

static void closed_by_its_listener(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .drain = on_drain};
    dgram_socket *socket = new_bounded(type);
    struct recorder recorder;
    dgram_listener listener;

    record_events(&recorder, socket);
    dgram_once(socket, &listener, &events, NULL);
    fill(socket, NULL, NULL);
    run_to_end();
    assert_string_equal(recorder.log, "ldx");
}
BOTH(closed_by_its_listener)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(closed_with_a_full_queue),
        IN_LOOP_BOTH(closed_by_the_callback_before_it),
        IN_LOOP_BOTH(closed_by_its_listener),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
