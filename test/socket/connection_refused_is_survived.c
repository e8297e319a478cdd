/* A missing peer is an error of a connected socket, reported to the callback of
   a send or to the listeners. The socket keeps working. Unconnected sockets get
   no such error. */
#include "peer.h"

static void the_socket_survives(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer), here;
    dgram_socket *socket = new_bound(type);
    uint16_t port = dgram_address_port(&there);
    struct sent first = {0}, later = {0};
    struct recorder recorder;
    int reported = 0;

    peer_close(peer);
    record_events(&recorder, socket);
    assert_int_equal(dgram_connect_sync(socket, NULL, port), 0);
    assert_int_equal(dgram_send(socket, "?", 1, NULL, note_sent, &first), 0);
    run_until(&first.calls, 1);
    assert_int_equal(first.status, 1);

    /* The kernel decides whether the listeners or the next send get the
       error. */
    for (int tries = 0; tries < 1000 && reported == 0; tries++) {
        run_for(1);
        reported = recorder.errors + (later.status < 0);
        if (reported == 0) {
            dgram_send(socket, "?", 1, NULL, note_sent, &later);
            run_until(&later.calls, tries + 1);
        }
    }
    assert_true(reported > 0);
    if (recorder.errors > 0) {
        assert_int_equal(recorder.error, UV_ECONNREFUSED);
        assert_string_equal(recorder.error_text, "recvmsg ECONNREFUSED");
    }
    if (later.status < 0)
        assert_int_equal(later.status, UV_ECONNREFUSED);

    assert_int_equal(dgram_disconnect(socket), 0);
    peer = peer_open(type);
    there = peer_address(peer);
    assert_int_equal(dgram_send(socket, "hi", 2, &there, note_sent, &first), 0);
    run_until(&first.calls, 2);
    peer_expect(peer, "hi");
    here = loopback_of(socket);
    peer_send_text(peer, "alive", &here);
    run_until(&recorder.messages, 1);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(the_socket_survives)

static void listeners_of_an_idle_socket_get_it(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    struct sent sent = {0};
    struct recorder recorder;

    peer_close(peer);
    record_events(&recorder, socket);
    assert_int_equal(
        dgram_connect_sync(socket, NULL, dgram_address_port(&there)), 0);
    dgram_send(socket, "?", 1, NULL, note_sent, &sent);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_ECONNREFUSED);
    assert_string_equal(recorder.error_text, "recvmsg ECONNREFUSED");
    assert_int_equal(sent.status, 1);
    assert_int_equal(dgram_last_error(socket)->code, UV_ECONNREFUSED);
    run_for(2);
    assert_int_equal(recorder.errors, 1);
    dgram_close(socket);
    run_to_end();
}
BOTH(listeners_of_an_idle_socket_get_it)

/* Many in one iteration: each has its callback, with any status. */
static void each_of_many_is_called_back_once(dgram_type type) {
    enum { COUNT = 100 };
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    struct sent sent[COUNT] = {{0}};
    int refused = 0;

    peer_close(peer);
    assert_int_equal(
        dgram_connect_sync(socket, NULL, dgram_address_port(&there)), 0);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(dgram_send(socket, "?", 1, NULL, note_sent, &sent[i]),
                         0);
        if (i % 10 == 9)
            dgram_flush(socket);
    }
    run_until(&sent[COUNT - 1].calls, 1);
    run_for(2);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(sent[i].calls, 1);
        if (sent[i].status != 1) {
            assert_int_equal(sent[i].status, UV_ECONNREFUSED);
            refused++;
        }
    }
    assert_true(refused < COUNT);
    dgram_close(socket);
    run_to_end();
}
BOTH(each_of_many_is_called_back_once)

static void unconnected_sockets_get_no_error(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    struct sent sent = {0};
    struct recorder recorder;

    peer_close(peer);
    record_events(&recorder, socket);
    for (int i = 1; i <= 5; i++) {
        assert_int_equal(dgram_send(socket, "?", 1, &there, note_sent, &sent),
                         0);
        run_until(&sent.calls, i);
        assert_int_equal(sent.status, 1);
    }
    run_for(5);
    assert_int_equal(recorder.errors, 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(unconnected_sockets_get_no_error)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(the_socket_survives),
        IN_LOOP_BOTH(listeners_of_an_idle_socket_get_it),
        IN_LOOP_BOTH(each_of_many_is_called_back_once),
        IN_LOOP_BOTH(unconnected_sockets_get_no_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
