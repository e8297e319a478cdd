/* A refused datagram of a batch does not stop the others. */
#include "peer.h"

#define COUNT 100

struct tally {
    struct sent sent[COUNT];
    dgram_outgoing batch[COUNT];
    int status[COUNT];
    char payload[COUNT][8];
};

static struct tally tally;

/* COUNT numbered datagrams to one address. */
static void prepare(const dgram_address *to) {
    memset(&tally, 0, sizeof tally);
    for (int i = 0; i < COUNT; i++) {
        snprintf(tally.payload[i], sizeof tally.payload[i], "n%02d", i);
        tally.batch[i].payload = tally.payload[i];
        tally.batch[i].length = strlen(tally.payload[i]);
        tally.batch[i].to = to;
        tally.batch[i].data = &tally.sent[i];
        tally.status[i] = 77;
    }
}

/* Sends the first `count`; the `bad` ones are refused with `code`. */
static void send_and_expect(dgram_socket *socket, int count, const char *bad,
                            int code) {
    int accepted = 0, result;

    for (int i = 0; i < count; i++)
        accepted += !bad[i];
    result = dgram_send_batch(socket, tally.batch, (size_t)count, tally.status,
                              note_sent);
    assert_int_equal(result, accepted > 0 || count == 0 ? accepted : code);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(tally.sent[i].calls, 0);
        assert_int_equal(tally.status[i], i >= count ? 77 : bad[i] ? code : 0);
    }
    if (accepted < count)
        assert_int_equal(dgram_last_error(socket)->code, code);
}

/* Accepted datagrams were sent and called back once; the others were not. */
static void expect_sent(int peer, int count, const char *bad) {
    for (int i = 0; i < count; i++)
        run_until(&tally.sent[i].calls, bad[i] ? 0 : 1);
    run_for(1);
    for (int i = 0; i < COUNT; i++) {
        bool accepted = i < count && !bad[i];

        assert_int_equal(tally.sent[i].calls, accepted);
        if (accepted) {
            assert_int_equal(tally.sent[i].status, tally.batch[i].length);
            peer_expect(peer, tally.payload[i]);
        }
    }
    peer_expect_nothing(peer);
}

/* On a bound socket and, when `bound` is 0, on one that the batch binds. */
static void run_case(dgram_type type, int bound, int count, const char *bad) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_address port_0 = address_of(loopback(type), 0);
    dgram_socket *socket = bound ? new_bound(type) : new_socket(type);

    prepare(&there);
    for (int i = 0; i < count; i++) {
        if (bad[i])
            tally.batch[i].to = &port_0;
    }
    send_and_expect(socket, count, bad, DGRAM_ERR_SOCKET_BAD_PORT);
    expect_sent(peer, count, bad);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}

static void all_are_sent(dgram_type type) {
    static const char none[COUNT];

    for (int bound = 0; bound <= 1; bound++) {
        run_case(type, bound, COUNT, none);
        run_case(type, bound, 1, none);
        run_case(type, bound, 31, none);
        run_case(type, bound, 32, none);
        run_case(type, bound, 0, none);
    }
}
BOTH(all_are_sent)

static void one_is_refused(dgram_type type) {
    static const int places[] = {0, 1, 31, 32, 33, 64, COUNT - 1};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char bad[COUNT] = {0};

        bad[places[i]] = 1;
        run_case(type, 0, COUNT, bad);
        run_case(type, 1, COUNT, bad);
    }
}
BOTH(one_is_refused)

static void many_are_refused(dgram_type type) {
    for (int step = 1; step < 5; step++) {
        char bad[COUNT] = {0};

        for (int i = 0; i < COUNT; i += step)
            bad[i] = 1;
        run_case(type, 0, COUNT, bad);
        run_case(type, 1, COUNT, bad);
        run_case(type, 1, 5, bad);
    }
}
BOTH(many_are_refused)

/* A later failure, such as EMSGSIZE, does not stop the batch. */
static void a_later_failure_is_its_status(dgram_type type) {
    static char too_long[66000];
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);

    prepare(&there);
    tally.batch[40].payload = too_long;
    tally.batch[40].length = sizeof too_long;
    assert_int_equal(
        dgram_send_batch(socket, tally.batch, COUNT, NULL, note_sent), COUNT);
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
BOTH(a_later_failure_is_its_status)

static void to_the_peer_of_a_connected_socket(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    char bad[COUNT] = {0};

    assert_int_equal(
        dgram_connect_sync(socket, NULL, dgram_address_port(&there)), 0);
    prepare(NULL);
    tally.batch[50].to = &there;
    bad[50] = 1;
    send_and_expect(socket, COUNT, bad, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    expect_sent(peer, COUNT, bad);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(to_the_peer_of_a_connected_socket)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(all_are_sent),
        IN_LOOP_BOTH(one_is_refused),
        IN_LOOP_BOTH(many_are_refused),
        IN_LOOP_BOTH(a_later_failure_is_its_status),
        IN_LOOP_BOTH(to_the_peer_of_a_connected_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
