/* Payloads that are adjacent in memory stay separate datagrams, for all sizes,
   destinations and neighbours. */
#include "peer.h"

#define COUNT 200
#define PEERS 2
#define BUFFER_SIZE (COUNT * 1000)

static unsigned char buffer[BUFFER_SIZE];
static struct sent sent[COUNT];
static dgram_outgoing batch[COUNT];

/* The peer and the length depend on the pattern. */
struct pattern {
    uint32_t (*length)(uint32_t i);
    uint32_t (*peer)(uint32_t i);
    uint16_t (*flags)(uint32_t i);
};

static uint32_t always_0(uint32_t i) {
    (void)i;
    return 0;
}

static uint32_t always_600(uint32_t i) {
    (void)i;
    return 600;
}

static uint32_t last_of_ten_shorter(uint32_t i) {
    return i % 10 == 9 ? 5 : 90;
}

static uint32_t growing(uint32_t i) {
    return 4 + i * 3;
}

static uint32_t with_empty_ones(uint32_t i) {
    return i % 4 == 1 ? 0 : 30;
}

static uint32_t in_bursts(uint32_t i) {
    return i % 2;
}

static uint32_t in_blocks(uint32_t i) {
    return i / 7 % 2;
}

static uint16_t copied(uint32_t i) {
    (void)i;
    return 0;
}

static uint16_t some_uncopied(uint32_t i) {
    return i % 5 < 2 ? DGRAM_NO_COPY : 0;
}

static void fill(const struct pattern *pattern, const dgram_address *to) {
    size_t at = 0;

    memset(sent, 0, sizeof sent);
    for (uint32_t i = 0; i < COUNT; i++) {
        size_t length = pattern->length(i);

        memset(&buffer[at], (int)(i + 1), length);
        batch[i] = (dgram_outgoing){.payload = &buffer[at],
                                    .length = length,
                                    .to = &to[pattern->peer(i)],
                                    .flags = pattern->flags(i),
                                    .data = &sent[i]};
        at += length;
    }
    assert_true(at <= BUFFER_SIZE);
}

static void expect(int peer, uint32_t i, size_t length) {
    unsigned char got[1001];

    assert_int_equal(peer_receive(peer, got, sizeof got, NULL), length);
    for (size_t k = 0; k < length; k++)
        assert_int_equal(got[k], (unsigned char)(i + 1));
}

static void run_pattern(dgram_type type, const struct pattern *pattern,
                        int bound) {
    dgram_socket *socket = bound ? new_bound(type) : new_socket(type);
    int peers[PEERS] = {peer_open(type), peer_open(type)};
    dgram_address to[PEERS] = {peer_address(peers[0]), peer_address(peers[1])};

    fill(pattern, to);
    assert_int_equal(dgram_send_batch(socket, batch, COUNT, NULL, note_sent),
                     COUNT);
    run_until(&sent[COUNT - 1].calls, 1);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(sent[i].calls, 1);
        assert_int_equal(sent[i].status, pattern->length(i));
        expect(peers[pattern->peer(i)], i, pattern->length(i));
    }
    for (int p = 0; p < PEERS; p++)
        peer_expect_nothing(peers[p]);
    dgram_close(socket);
    run_to_end();
    for (int p = 0; p < PEERS; p++)
        peer_close(peers[p]);
}

static void in_every_pattern(dgram_type type) {
    static const struct pattern patterns[] = {
        {always_600, always_0, copied},
        {always_600, in_bursts, copied},
        {always_600, in_blocks, some_uncopied},
        {last_of_ten_shorter, always_0, copied},
        {last_of_ten_shorter, in_blocks, some_uncopied},
        {growing, always_0, copied},
        {growing, in_bursts, some_uncopied},
        {with_empty_ones, always_0, copied},
        {with_empty_ones, in_blocks, some_uncopied},
        {always_0, in_bursts, copied},
    };

    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        run_pattern(type, &patterns[i], 1);
        run_pattern(type, &patterns[i], 0);
    }
}
BOTH(in_every_pattern)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(in_every_pattern),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
