/* Another reader of the descriptor, now or after the socket is closed, receives
   single datagrams: the library enables no coalescing on a descriptor that it
   did not open. On one that it opened this holds from dgram_set_shared() on. */
#include "peer.h"

#include <unistd.h>

#define COUNT 16

/* Sends equal datagrams by the library, so that they can be coalesced. */
static void send_train(dgram_socket *from, const dgram_address *to,
                       struct sent *sent) {
    unsigned char payload[1000];

    for (int i = 0; i < COUNT; i++) {
        memset(payload, 'a' + i, sizeof payload);
        assert_int_equal(
            dgram_send(from, payload, sizeof payload, to, note_sent, sent), 0);
    }
    assert_int_equal(dgram_flush(from), 0);
}

static void expect_train(int fd) {
    static char got[65536];

    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(peer_receive(fd, got, sizeof got, NULL), 1000);
        assert_int_equal(got[0], 'a' + i);
        assert_int_equal(got[999], 'a' + i);
    }
    peer_expect_nothing(fd);
}

static void the_caller_keeps_a_duplicate(dgram_type type) {
    int fd = peer_open(type), kept = dup(fd);
    dgram_address here = peer_address(fd);
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};
    dgram_socket *socket = new_socket(type), *sender = new_bound(type);
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    run_until(&recorder.listening, 1);
    send_train(sender, &here, &sent);
    expect_train(kept);
    send_train(sender, &here, &sent);
    run_until(&recorder.messages, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(recorder.message[i].length, 1000);
        assert_int_equal(recorder.message[i].payload[0], 'a' + i);
    }

    assert_int_equal(dgram_close(socket), 0);
    send_train(sender, &here, &sent);
    expect_train(kept);
    dgram_close(sender);
    run_to_end();
    assert_int_equal(sent.calls, 3 * COUNT);
    assert_int_equal(sent.status, 1000);
    peer_close(kept);
}
BOTH(the_caller_keeps_a_duplicate)

static void two_sockets_share_a_descriptor(dgram_type type) {
    int fd = peer_open(type), kept = dup(fd);
    dgram_address here = peer_address(fd);
    const dgram_bind_options first = {.size = sizeof first, .fd = fd};
    const dgram_bind_options second = {.size = sizeof second, .fd = kept};
    dgram_socket *a = new_socket(type), *b = new_socket(type);
    dgram_socket *sender = new_bound(type);
    struct sent sent = {0};
    struct recorder recorders[2];
    int received;

    record_events(&recorders[0], a);
    record_events(&recorders[1], b);
    assert_int_equal(dgram_bind_with(a, &first), 0);
    assert_int_equal(dgram_bind_with(b, &second), 0);
    send_train(sender, &here, &sent);
    for (int turns = 0; turns < 1000; turns++) {
        received = recorders[0].messages + recorders[1].messages;
        if (received == COUNT)
            break;
        run_for(1);
    }
    assert_int_equal(received, COUNT);
    for (int i = 0; i < recorders[0].messages; i++)
        assert_int_equal(recorders[0].message[i].length, 1000);
    for (int i = 0; i < recorders[1].messages; i++)
        assert_int_equal(recorders[1].message[i].length, 1000);
    dgram_close(a);
    dgram_close(b);
    dgram_close(sender);
    run_to_end();
}
BOTH(two_sockets_share_a_descriptor)

static void a_descriptor_of_the_library_is_shared(dgram_type type) {
    dgram_socket *socket = new_bound(type), *sender = new_bound(type);
    dgram_address here = loopback_of(socket);
    struct sent sent = {0};
    int handed;

    assert_int_equal(dgram_set_shared(socket, true), 0);
    handed = dup(dgram_fileno(socket));
    assert_true(handed >= 0);
    send_train(sender, &here, &sent);
    expect_train(handed);
    dgram_close(socket);
    dgram_close(sender);
    run_to_end();
    peer_close(handed);
}
BOTH(a_descriptor_of_the_library_is_shared)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(the_caller_keeps_a_duplicate),
        IN_LOOP_BOTH(two_sockets_share_a_descriptor),
        IN_LOOP_BOTH(a_descriptor_of_the_library_is_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
