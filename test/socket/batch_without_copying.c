/* With DGRAM_NO_COPY a payload belongs to the library until the callback. Each
   one is overwritten inside its callback. */
#include "peer.h"

#define COUNT 48
#define SLOT_MAX 65000

struct one_send {
    unsigned char *payload;
    size_t length;
    unsigned char mark;
    struct sent sent;
};

static struct one_send sends[COUNT];
static int back; /* payloads that were returned */

static void come_back(dgram_socket *socket, int status, void *data) {
    struct one_send *it = data;

    (void)socket;
    it->sent.calls++;
    it->sent.status = status;
    memset(it->payload, 0xee, it->length);
    back++;
}

static void fill(dgram_outgoing *batch, size_t length,
                 const dgram_address *to) {
    back = 0;
    for (int i = 0; i < COUNT; i++) {
        struct one_send *it = &sends[i];

        memset(it, 0, sizeof *it);
        it->payload = malloc(length + 1);
        assert_non_null(it->payload);
        it->length = length;
        it->mark = (unsigned char)(i + 1);
        memset(it->payload, it->mark, length);
        batch[i] = (dgram_outgoing){.payload = it->payload,
                                    .length = length,
                                    .to = to,
                                    .flags = DGRAM_NO_COPY,
                                    .data = it};
    }
}

static void expect_all(int peer, size_t length) {
    static unsigned char got[SLOT_MAX + 1];

    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(sends[i].sent.calls, 1);
        assert_int_equal(sends[i].sent.status, length);
        assert_int_equal(peer_receive(peer, got, sizeof got, NULL), length);
        for (size_t k = 0; k < length; k++)
            if (got[k] != sends[i].mark)
                fail_msg("datagram %d has %#x at %zu", i, got[k], k);
        free(sends[i].payload);
    }
    peer_expect_nothing(peer);
}

static void send_uncopied(dgram_type type, size_t length, int bound) {
    dgram_options options = {
        .size = sizeof options, .type = type, .send_buffer_size = 1 << 20};
    dgram_socket *socket = new_socket_with(&options);
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_outgoing batch[COUNT];

    if (bound)
        assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    fill(batch, length, &there);
    assert_int_equal(dgram_send_batch(socket, batch, COUNT, NULL, come_back),
                     COUNT);
    memset(batch, 0, sizeof batch);
    assert_int_equal(back, 0);
    run_until(&back, COUNT);
    expect_all(peer, length);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(back, COUNT);
    peer_close(peer);
}

static void of_every_size(dgram_type type) {
    static const size_t lengths[] = {0, 1, 511, 512, 1200, 1472, 9000};

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        send_uncopied(type, lengths[i], 1);
        send_uncopied(type, lengths[i], 0);
    }
}
BOTH(of_every_size)

static void of_nearly_64_kib(dgram_type type) {
    send_uncopied(type, SLOT_MAX, 1);
    send_uncopied(type, SLOT_MAX, 0);
}
BOTH(of_nearly_64_kib)

/* To hosts, with a close before they could be sent. */
static void close_returns_the_payloads(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    dgram_address there = address_of(loopback(type), 9);
    dgram_outgoing batch[COUNT];

    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    fill(batch, 2000, &there);
    batch[7].to = NULL;
    batch[7].host = "some.name";
    batch[7].port = 9;
    assert_int_equal(dgram_send_batch(socket, batch, COUNT, NULL, come_back),
                     COUNT);
    assert_int_equal(dgram_get_send_queue_count(socket), COUNT);
    assert_int_equal(dgram_get_send_queue_size(socket), COUNT * 2000);
    dgram_close(socket);
    assert_int_equal(back, 0);
    run_to_end();
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(sends[i].sent.calls, 1);
        assert_int_equal(sends[i].sent.status, UV_ECANCELED);
        free(sends[i].payload);
    }
}
BOTH(close_returns_the_payloads)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(of_every_size),
        IN_LOOP_BOTH(of_nearly_64_kib),
        IN_LOOP_BOTH(close_returns_the_payloads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
