/* An open socket keeps the loop running unless it is unreferenced. Pending
   operations keep it running in any case. */
#include "peer.h"
#include "resolver.h"

static int is_alive(void) {
    uv_run(&test_loop, UV_RUN_NOWAIT);
    return uv_loop_alive(&test_loop);
}

/* Runs deferred tasks, so that only the socket itself counts. */
static void settle(void) {
    for (int i = 0; i < 5; i++)
        uv_run(&test_loop, UV_RUN_NOWAIT);
}

static void while_bound(dgram_type type) {
    dgram_socket *socket = new_bound(type);

    settle();
    assert_true(is_alive());
    dgram_unref(socket);
    dgram_unref(socket);
    assert_false(is_alive());
    dgram_ref(socket);
    dgram_ref(socket);
    assert_true(is_alive());
    dgram_unref(socket);
    run_to_end();
    dgram_close(socket);
    run_to_end();
}
BOTH(while_bound)

static void before_the_bind(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    dgram_unref(socket);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    run_to_end();
    assert_int_equal(recorder.listening, 1);
    assert_int_not_equal(port_of(socket), 0);
    assert_false(is_alive());
    dgram_ref(socket);
    assert_true(is_alive());
    dgram_close(socket);
    run_to_end();
    assert_int_equal(recorder.closed, 1);
}
BOTH(before_the_bind)

/* `listening` and `connect` of calls that are done wait for a loop that runs.
 */
static void events_of_finished_calls_keep_no_loop(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    dgram_unref(socket);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    assert_int_equal(dgram_connect_sync(socket, loopback(type), 9), 0);
    assert_false(uv_loop_alive(&test_loop));
    assert_int_equal(uv_run(&test_loop, UV_RUN_DEFAULT), 0);
    dgram_ref(socket);
    run_until(&recorder.connected, 1);
    assert_string_equal(recorder.log, "lc");
    dgram_close(socket);
    run_to_end();
}
BOTH(events_of_finished_calls_keep_no_loop)

static void of_an_adopted_descriptor(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    const dgram_bind_options options = {.size = sizeof options,
                                        .fd = peer_open(type)};

    dgram_unref(socket);
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    run_to_end();
    dgram_close(socket);
    run_to_end();
}
BOTH(of_an_adopted_descriptor)

static void sends_are_done_first(dgram_type type) {
    enum { COUNT = 500 };
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *bound = new_bound(type), *unbound = new_socket(type);
    struct sent sent = {0};

    dgram_unref(bound);
    dgram_unref(unbound);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(dgram_send(bound, "x", 1, &there, note_sent, &sent),
                         0);
        assert_int_equal(dgram_send(unbound, "x", 1, &there, note_sent, &sent),
                         0);
    }
    run_to_end();
    assert_int_equal(sent.calls, 2 * COUNT);
    assert_int_equal(sent.status, 1);
    for (int i = 0; i < 2 * COUNT; i++)
        peer_expect(peer, "x");
    dgram_close(bound);
    dgram_close(unbound);
    run_to_end();
    peer_close(peer);
}
BOTH(sends_are_done_first)

static void lookups_are_done_first(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    struct sent sent = {0};

    (void)state;
    dgram_unref(socket);
    assert_int_equal(dgram_send_to(socket, "named", 5, "localhost",
                                   dgram_address_port(&there), note_sent,
                                   &sent),
                     0);
    run_to_end();
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, 5);
    peer_expect(peer, "named");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}

/* It still receives while something else keeps the loop running. */
static void it_still_receives(dgram_type type) {
    int peer = peer_open(type);
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    struct recorder recorder;

    record_events(&recorder, socket);
    dgram_unref(socket);
    peer_send_text(peer, "hello", &here);
    run_until(&recorder.messages, 1);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(it_still_receives)

static void close_is_emitted_when_unreferenced(dgram_type type) {
    dgram_socket *socket = new_bound(type), *unbound = new_socket(type);
    struct recorder recorders[2];

    record_events(&recorders[0], socket);
    record_events(&recorders[1], unbound);
    settle();
    dgram_unref(socket);
    dgram_unref(unbound);
    dgram_close(socket);
    dgram_close(unbound);
    dgram_ref(socket);
    dgram_unref(unbound);
    run_to_end();
    assert_int_equal(recorders[0].closed, 1);
    assert_int_equal(recorders[1].closed, 1);
}
BOTH(close_is_emitted_when_unreferenced)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(while_bound),
        IN_LOOP_BOTH(before_the_bind),
        IN_LOOP_BOTH(events_of_finished_calls_keep_no_loop),
        IN_LOOP_BOTH(of_an_adopted_descriptor),
        IN_LOOP_BOTH(sends_are_done_first),
        IN_LOOP(lookups_are_done_first),
        IN_LOOP_BOTH(it_still_receives),
        IN_LOOP_BOTH(close_is_emitted_when_unreferenced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
