/* A batch is taken up to its first datagram that would be refused alone. */
#include "peer.h"

#define COUNT 100

struct tally {
    struct sent sent[COUNT];
    dgram_outgoing batch[COUNT];
    char payload[COUNT][8];
};

static struct tally tally;

/* COUNT numbered datagrams to one address. */
static void prepare(const dgram_address *to) {
    memset(&tally, 0, sizeof tally);
    for (int i = 0; i < COUNT; i++) {
        snprintf(tally.payload[i], sizeof tally.payload[i], "n%d", i % 1000);
        tally.batch[i].payload = tally.payload[i];
        tally.batch[i].length = strlen(tally.payload[i]);
        tally.batch[i].to = to;
        tally.batch[i].data = &tally.sent[i];
    }
}

/* The first `count` were sent and called back, once; the others were not. */
static void expect_sent(int peer, int count) {
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(tally.sent[i].calls, i < count);
        if (i < count) {
            assert_int_equal(tally.sent[i].status, tally.batch[i].length);
            peer_expect(peer, tally.payload[i]);
        }
    }
    peer_expect_nothing(peer);
}

/* On a bound socket and, when `bound` is 0, on one that the batch binds. */
static void run_case(dgram_type type, int bound, int bad, int count) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_address port_0 = address_of(loopback(type), 0);
    dgram_socket *socket = bound ? new_bound(type) : new_socket(type);
    int taken = bad < count ? bad : count;

    prepare(&there);
    if (bad < COUNT)
        tally.batch[bad].to = &port_0;
    if (taken == 0)
        taken = DGRAM_ERR_SOCKET_BAD_PORT;
    assert_int_equal(
        dgram_send_batch(socket, tally.batch, (size_t)count, note_sent), taken);
    if (bad < count)
        assert_int_equal(dgram_last_error(socket)->code,
                         DGRAM_ERR_SOCKET_BAD_PORT);
    if (taken < 0)
        taken = 0;
    assert_int_equal(tally.sent[0].calls, 0);
    if (taken > 0)
        run_until(&tally.sent[taken - 1].calls, 1);
    run_for(1);
    expect_sent(peer, taken);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}

static void all_are_taken(dgram_type type) {
    for (int bound = 0; bound <= 1; bound++) {
        run_case(type, bound, COUNT, COUNT);
        run_case(type, bound, COUNT, 1);
        run_case(type, bound, COUNT, 31);
        run_case(type, bound, COUNT, 32);
    }
}
BOTH(all_are_taken)

static void up_to_the_first_refused(dgram_type type) {
    static const int bad[] = {0, 1, 31, 32, 33, 64, COUNT - 1};

    for (int bound = 0; bound <= 1; bound++)
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            run_case(type, bound, bad[i], COUNT);
}
BOTH(up_to_the_first_refused)

/* What fails later, such as a length, does not stop the batch. */
static void a_later_failure_takes_its_place(dgram_type type) {
    static char too_long[66000];
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);

    prepare(&there);
    tally.batch[40].payload = too_long;
    tally.batch[40].length = sizeof too_long;
    assert_int_equal(dgram_send_batch(socket, tally.batch, COUNT, note_sent),
                     COUNT);
    run_until(&tally.sent[COUNT - 1].calls, 1);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(tally.sent[i].calls, 1);
        if (i == 40) {
            assert_int_equal(tally.sent[i].status, UV_EMSGSIZE);
        } else {
            assert_true(tally.sent[i].status > 0);
            peer_expect(peer, tally.payload[i]);
        }
    }
    peer_expect_nothing(peer);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(a_later_failure_takes_its_place)

static void to_the_peer_of_a_connected_socket(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);

    assert_int_equal(
        dgram_connect_sync(socket, NULL, dgram_address_port(&there)), 0);
    prepare(NULL);
    tally.batch[50].to = &there;
    assert_int_equal(dgram_send_batch(socket, tally.batch, COUNT, note_sent),
                     50);
    assert_int_equal(dgram_last_error(socket)->code,
                     DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    run_until(&tally.sent[49].calls, 1);
    expect_sent(peer, 50);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(to_the_peer_of_a_connected_socket)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(all_are_taken),
        IN_LOOP_BOTH(up_to_the_first_refused),
        IN_LOOP_BOTH(a_later_failure_takes_its_place),
        IN_LOOP_BOTH(to_the_peer_of_a_connected_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
