/* With the option `path_errors` an ICMP error is the event `path_error`. It
   fails no send and is no `error`, whether the socket is connected or not. */
#include "peer.h"

#if defined(IP_RECVERR)

static dgram_socket *new_bound_with_errors(dgram_type type) {
    const dgram_options options = {
        .size = sizeof options, .type = type, .path_errors = true};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    return socket;
}

static void check_error(const struct recorder *recorder,
                        const dgram_address *closed) {
    const dgram_path_error *error = &recorder->path_error;
    bool v6 = closed->any.sa_family == AF_INET6;

    assert_int_equal(error->code, UV_ECONNREFUSED);
    assert_true(dgram_address_equal(&error->to, closed));
    assert_int_equal(error->reporter.any.sa_family, closed->any.sa_family);
    assert_int_equal(error->icmp_type, v6 ? 1 : 3);
    assert_int_equal(error->icmp_code, v6 ? 4 : 3);
    assert_false(error->local);
}

static void unconnected(dgram_type type) {
    dgram_address closed = peer_closed_port(type), here;
    dgram_socket *socket = new_bound_with_errors(type);
    int peer = peer_open(type);
    dgram_address open = peer_address(peer);
    struct recorder recorder;
    struct sent sent = {0};

    record_events(&recorder, socket);
    for (int i = 0; i < 20; i++) {
        dgram_send(socket, "?", 1, &closed, note_sent, &sent);
        dgram_send(socket, "!!", 2, &open, note_sent, &sent);
        run_until(&sent.calls, 2 * i + 2);
        assert_int_equal(sent.status, 2);
        peer_expect(peer, "!!");
    }
    run_until(&recorder.path_errors, 20);
    check_error(&recorder, &closed);
    here = loopback_of(socket);
    peer_send_text(peer, "alive", &here);
    run_until(&recorder.messages, 1);
    expect_rest(20);
    assert_int_equal(recorder.path_errors, 20);
    assert_int_equal(recorder.errors, 0);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}
BOTH(unconnected)

static void connected(dgram_type type) {
    dgram_address closed = peer_closed_port(type);
    dgram_socket *socket = new_bound_with_errors(type);
    struct recorder recorder;
    struct sent sent = {0};

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_connect_sync(socket, loopback(type), dgram_address_port(&closed)),
        0);
    for (int i = 0; i < 100; i++) {
        dgram_send(socket, "?", 1, NULL, note_sent, &sent);
        run_until(&sent.calls, i + 1);
        assert_int_equal(sent.status, 1);
    }
    run_until(&recorder.path_errors, 100);
    check_error(&recorder, &closed);
    assert_int_equal(recorder.errors, 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(connected)

static void over_a_mapped_address(void **state) {
    dgram_address v4 = peer_closed_port(DGRAM_UDP4);
    dgram_address closed =
        address_of("::ffff:127.0.0.1", dgram_address_port(&v4));
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP6, .path_errors = true};
    dgram_socket *socket;
    struct recorder recorder;

    (void)state;
    if (!has_ipv6())
        skip();
    socket = new_socket_with(&options);
    record_events(&recorder, socket);
    assert_int_equal(dgram_send(socket, "?", 1, &closed, NULL, NULL), 0);
    run_until(&recorder.path_errors, 1);
    assert_true(dgram_address_equal(&recorder.path_error.to, &closed));
    assert_int_equal(recorder.path_error.icmp_type, 3);
    dgram_close(socket);
    run_to_end();
}

/* They are events while the program has stopped receiving, and also wake up a
   loop that has nothing else to do. */
static void while_receiving_is_stopped(dgram_type type) {
    dgram_address closed = peer_closed_port(type), here;
    dgram_socket *socket = new_bound_with_errors(type);
    int peer = peer_open(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    here = loopback_of(socket);
    assert_int_equal(dgram_receive_stop(socket), 0);
    for (int i = 0; i < 3; i++) {
        peer_send_text(peer, "waits", &here);
        assert_int_equal(dgram_send(socket, "?", 1, &closed, NULL, NULL), 0);
        run_until(&recorder.path_errors, i + 1);
    }
    expect_rest(20);
    assert_int_equal(recorder.messages, 0);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_until(&recorder.messages, 3);
    assert_int_equal(recorder.errors, 0);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}
BOTH(while_receiving_is_stopped)

/* It does not keep the loop running, and errors are emitted while it runs. */
static void of_an_unreferenced_socket(dgram_type type) {
    dgram_address closed = peer_closed_port(type);
    dgram_socket *socket = new_bound_with_errors(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    dgram_unref(socket);
    assert_int_equal(dgram_send(socket, "?", 1, &closed, NULL, NULL), 0);
    run_to_end();
    assert_int_equal(dgram_receive_stop(socket), 0);
    run_to_end();
    run_for(5);
    assert_int_equal(recorder.path_errors, 1);
    dgram_close(socket);
    run_to_end();
}
BOTH(of_an_unreferenced_socket)

static void close_it(dgram_socket *socket, const dgram_path_error *error,
                     void *data) {
    int *calls = data;

    (void)error;
    ++*calls;
    assert_int_equal(dgram_close(socket), 0);
}

static void a_listener_may_close(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .path_error = close_it};
    dgram_address closed = peer_closed_port(type);
    dgram_socket *socket = new_bound_with_errors(type);
    dgram_listener listener;
    struct recorder recorder;
    int calls = 0;

    dgram_on(socket, &listener, &events, &calls);
    record_events(&recorder, socket);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(dgram_send(socket, "???", i % 4, &closed, NULL, NULL),
                         0);
    run_to_end();
    assert_int_equal(calls, 1);
    assert_int_equal(recorder.closed, 1);
}
BOTH(a_listener_may_close)

/* Datagrams arrive while there are more errors than one wake-up emits. */
static void a_flood_delays_no_datagram(dgram_type type) {
    dgram_address closed = peer_closed_port(type), here;
    dgram_socket *socket = new_bound_with_errors(type);
    int peer = peer_open(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    here = loopback_of(socket);
    peer_send_text(peer, "in time", &here);
    /* Not of one size: a GSO message would cause one error. */
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(dgram_send(socket, "???", i % 4, &closed, NULL, NULL),
                         0);
    dgram_flush(socket);
    run_until(&recorder.messages, 1);
    assert_in_range(recorder.path_errors, 1, 64);
    run_for(20);
    assert_in_range(recorder.path_errors, 65, 10000);
    peer_send_text(peer, "later", &here);
    run_until(&recorder.messages, 2);
    expect_rest(20);
    assert_int_equal(recorder.errors, 0);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}
BOTH(a_flood_delays_no_datagram)

static void of_an_adopted_descriptor(dgram_type type) {
    dgram_address closed = peer_closed_port(type);
    const dgram_options options = {
        .size = sizeof options, .type = type, .path_errors = true};
    const dgram_bind_options bind = {.size = sizeof bind,
                                     .fd = peer_open(type)};
    dgram_socket *socket = new_socket_with(&options);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_with(socket, &bind), 0);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    assert_int_equal(dgram_send(socket, "?", 1, &closed, NULL, NULL), 0);
    run_until(&recorder.path_errors, 1);
    check_error(&recorder, &closed);
    dgram_close(socket);
    run_to_end();
}
BOTH(of_an_adopted_descriptor)

static void without_a_listener_they_are_dropped(dgram_type type) {
    dgram_address closed = peer_closed_port(type);
    dgram_socket *socket = new_bound_with_errors(type);

    for (int i = 0; i < 100; i++)
        assert_int_equal(dgram_send(socket, "?", 1, &closed, NULL, NULL), 0);
    run_for(10);
    expect_rest(20);
    assert_int_equal(dgram_get_unhandled_error_count(socket), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(without_a_listener_they_are_dropped)

/* A stopped socket whose descriptor was shut down is always ready. */
static void the_loop_sleeps_after_a_shutdown(dgram_type type) {
    dgram_socket *socket = new_bound_with_errors(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_connect_sync(socket, loopback(type), 9), 0);
    assert_int_equal(dgram_receive_stop(socket), 0);
    run_for(1);
    assert_int_equal(shutdown(dgram_fileno(socket), SHUT_RDWR), 0);
    run_for(10);
    expect_rest(20);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EOF);
    expect_rest(20);
    dgram_close(socket);
    run_to_end();
}
BOTH(the_loop_sleeps_after_a_shutdown)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(unconnected),
        IN_LOOP_BOTH(connected),
        IN_LOOP(over_a_mapped_address),
        IN_LOOP_BOTH(while_receiving_is_stopped),
        IN_LOOP_BOTH(of_an_unreferenced_socket),
        IN_LOOP_BOTH(a_listener_may_close),
        IN_LOOP_BOTH(a_flood_delays_no_datagram),
        IN_LOOP_BOTH(of_an_adopted_descriptor),
        IN_LOOP_BOTH(without_a_listener_they_are_dropped),
        IN_LOOP_BOTH(the_loop_sleeps_after_a_shutdown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void) {
    printf("skipped: this system has no error queue\n");
    return SKIPPED;
}

#endif
