/* Input from hostile senders and bad networks is neither lost nor misread, and
   does not close the socket. */
#include "memory.h"
#include "peer.h"
#include "resolver.h"

#define STORM 1000
#ifdef __SANITIZE_ADDRESS__ /* needs more memory for each */
#define NAMED 100000
#else
#define NAMED 1000000
#endif

static void floods_of_empty_datagrams_arrive(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address to = loopback_of(socket);
    int peer = peer_open(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < STORM; i++) {
        peer_send(peer, "", 0, &to);
        if (i % 50 == 49)
            run_until(&recorder.messages, i + 1);
    }
    for (int i = 0; i < RECORDED_MESSAGES_MAX; i++)
        assert_int_equal(recorder.message[i].length, 0);
    assert_int_equal(recorder.errors, 0);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}
BOTH(floods_of_empty_datagrams_arrive)

static void floods_of_long_datagrams_arrive(dgram_type type) {
    static unsigned char payload[65507];
    dgram_socket *socket = new_bound(type);
    dgram_address to = loopback_of(socket);
    int peer = peer_open(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int i = 0; i < STORM; i++) {
        peer_send(peer, payload, sizeof payload, &to);
        run_until(&recorder.messages, i + 1);
    }
    for (int i = 0; i < RECORDED_MESSAGES_MAX; i++)
        assert_int_equal(recorder.message[i].length, sizeof payload);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}
BOTH(floods_of_long_datagrams_arrive)

/* The port is closed: each datagram causes an ICMP error. */
static void storms_of_icmp_are_survived(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type);
    dgram_address to = peer_address(peer);
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_connect_sync(socket, loopback(type), dgram_address_port(&to)), 0);
    peer_close(peer);
    for (int i = 0; i < STORM; i++) {
        assert_int_equal(dgram_send(socket, "x", 1, NULL, note_sent, &sent), 0);
        run_until(&sent.calls, i + 1);
        assert_true(sent.status == 1 || sent.status == UV_ECONNREFUSED);
    }
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_ECONNREFUSED);
    assert_int_equal(recorder.closed, 0);
    assert_int_equal(dgram_disconnect(socket), 0);
    assert_true(dgram_fileno(socket) >= 0);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(recorder.closed, 1);
}
BOTH(storms_of_icmp_are_survived)

static void forged_senders_are_not_received(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int peer = peer_open(type), stranger = peer_open(type);
    dgram_address to = loopback_of(socket), from = peer_address(peer);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_connect_sync(socket, loopback(type), dgram_address_port(&from)),
        0);
    for (int i = 0; i < STORM; i++)
        peer_send_text(stranger, "forged", &to);
    peer_send_text(peer, "true", &to);
    run_until(&recorder.messages, 1);
    assert_int_equal(recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "true");
    peer_close(stranger);
    peer_close(peer);
    dgram_close(socket);
    run_to_end();
}
BOTH(forged_senders_are_not_received)

static void sends_that_always_fail_are_reported(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address broadcast = address_of("127.255.255.255", 9);
    struct sent sent = {0};
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    for (int i = 0; i < STORM; i++)
        assert_int_equal(
            dgram_send(socket, "x", 1, &broadcast, note_sent, &sent), 0);
    run_until(&sent.calls, STORM);
    assert_int_equal(sent.status, UV_EACCES);
    for (int i = 0; i < STORM; i++)
        assert_int_equal(dgram_send(socket, "x", 1, &broadcast, NULL, NULL), 0);
    run_until(&recorder.errors, STORM);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    dgram_close(socket);
    run_to_end();
}

/* Returns how many of the sends were accepted. */
static int send_to_nowhere(size_t size_max, struct sent *sent) {
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .lookup = resolver_silent,
                             .lookup_cancel = resolver_forget,
                             .send_queue_size_max = size_max};
    dgram_socket *socket = new_socket_with(&options);
    int accepted = 0;

    for (int i = 0; i < NAMED; i++) {
        int result = dgram_send_to(socket, "0123456789", 10, "nowhere", 9,
                                   note_sent, sent);

        accepted += result == 0;
        if (result != 0)
            assert_int_equal(result, UV_ENOBUFS);
    }
    assert_int_equal(dgram_get_send_queue_count(socket), accepted);
    assert_int_equal(dgram_get_send_queue_size(socket), 10 * accepted);
    run_for(1);
    assert_int_equal(dgram_close(socket), 0);
    run_to_end();
    assert_int_equal(sent->calls, accepted);
    assert_int_equal(sent->status, UV_ECANCELED);
    return accepted;
}

/* A limit on the queue limits the memory. Without one each send takes two
   blocks until its name is resolved. */
static void a_name_that_never_resolves(void **state) {
    struct sent bounded = {0}, free_of_bound = {0};

    assert_int_equal(loop_end(state), 0);
    memory_begin();
    assert_int_equal(loop_open(state), 0);
    assert_int_equal(send_to_nowhere(785000, &bounded), 1000);
    assert_in_range(memory.blocks_max, 2000, 2010);
    assert_int_equal(memory.blocks, 0);
    assert_int_equal(send_to_nowhere(0, &free_of_bound), NAMED);
    assert_in_range(memory.blocks_max, 2 * NAMED, 2 * NAMED + 10);
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(floods_of_empty_datagrams_arrive),
        IN_LOOP_BOTH(floods_of_long_datagrams_arrive),
        IN_LOOP_BOTH(storms_of_icmp_are_survived),
        IN_LOOP_BOTH(forged_senders_are_not_received),
        IN_LOOP(sends_that_always_fail_are_reported),
        IN_LOOP(a_name_that_never_resolves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
