/* Thousands of datagrams of mixed sizes to several destinations arrive once and
   in order, and their callbacks are called once and in order. */
#include "peer.h"

#define COUNT 5000
#define PEERS 3
#define SIZE_MAX_HERE 3000

struct number {
    struct sent sent;
    uint32_t place; /* position of its callback among the others */
};

static struct number numbers[COUNT];
static int called;

static void on_sent(dgram_socket *socket, int status, void *data) {
    struct number *number = data;

    (void)socket;
    number->sent.calls++;
    number->sent.status = status;
    number->place = (uint32_t)called++;
}

/* Pseudo-random, so that every run sends the same. */
static uint32_t next_random(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Sequences of equal sizes, as programs make them, between all kinds of
   others. */
static size_t size_of(uint32_t number) {
    uint32_t seed = number / 17;
    uint32_t kind = next_random(&seed) % 5;

    if (kind < 2)
        return 4 + next_random(&seed) % 1400;
    seed = number;
    return 4 + next_random(&seed) % (kind == 2 ? SIZE_MAX_HERE - 4 : 64);
}

static uint32_t peer_of(uint32_t number) {
    uint32_t seed = number / 29;

    return next_random(&seed) % PEERS;
}

static void make(unsigned char *payload, uint32_t number, size_t size) {
    memcpy(payload, &number, 4);
    for (size_t i = 4; i < size; i++)
        payload[i] = (unsigned char)(number + i);
}

/* Receives what waits at the peer; returns how many. */
static int take(int peer, uint32_t which, uint32_t *next) {
    unsigned char got[SIZE_MAX_HERE + 1], expected[SIZE_MAX_HERE];
    ssize_t length;
    int count = 0;

    while ((length = recv(peer, got, sizeof got, MSG_DONTWAIT)) >= 0) {
        while (*next < COUNT && peer_of(*next) != which)
            ++*next;
        assert_true(*next < COUNT);
        assert_int_equal(length, size_of(*next));
        make(expected, *next, (size_t)length);
        assert_memory_equal(got, expected, (size_t)length);
        ++*next;
        count++;
    }
    return count;
}

/* The peers receive often, so that the kernel drops nothing. */
static void send_all(dgram_socket *socket, const int *peers,
                     const dgram_address *to, uint32_t a_burst) {
    unsigned char payload[SIZE_MAX_HERE];
    uint32_t next[PEERS] = {0};
    int taken = 0;

    memset(numbers, 0, sizeof numbers);
    called = 0;
    for (uint32_t i = 0; i < COUNT;) {
        for (uint32_t k = 0; k < a_burst && i < COUNT; k++, i++) {
            size_t size = size_of(i);

            make(payload, i, size);
            assert_int_equal(dgram_send(socket, payload, size, &to[peer_of(i)],
                                        on_sent, &numbers[i]),
                             0);
        }
        run_until(&called, (int)i);
        for (uint32_t p = 0; p < PEERS; p++)
            taken += take(peers[p], p, &next[p]);
    }
    for (int tries = 0; tries < 1000 && taken < COUNT; tries++) {
        run_for(1);
        for (uint32_t p = 0; p < PEERS; p++)
            taken += take(peers[p], p, &next[p]);
    }
    assert_int_equal(taken, COUNT);
}

static void in_bursts_of(dgram_type type, uint32_t a_burst) {
    int peers[PEERS];
    dgram_address to[PEERS];
    dgram_socket *socket = new_bound(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int p = 0; p < PEERS; p++) {
        peers[p] = peer_open(type);
        to[p] = peer_address(peers[p]);
    }
    send_all(socket, peers, to, a_burst);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(numbers[i].sent.calls, 1);
        assert_int_equal(numbers[i].sent.status, size_of(i));
        assert_int_equal(numbers[i].place, i);
    }
    assert_int_equal(recorder.errors, 0);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(called, COUNT);
    for (int p = 0; p < PEERS; p++)
        peer_close(peers[p]);
}

static void one_by_one(dgram_type type) {
    in_bursts_of(type, 1);
}
BOTH(one_by_one)

static void in_small_bursts(dgram_type type) {
    in_bursts_of(type, 37);
}
BOTH(in_small_bursts)

static void in_large_bursts(dgram_type type) {
    in_bursts_of(type, 900);
}
BOTH(in_large_bursts)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(one_by_one),
        IN_LOOP_BOTH(in_small_bursts),
        IN_LOOP_BOTH(in_large_bursts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
