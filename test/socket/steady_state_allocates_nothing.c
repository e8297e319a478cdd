/* Once a socket has run for a while, datagrams cost no allocation: single ones,
   batches, of one size or many, to one destination or many, and echoed. */
#include "harness.h"
#include "memory.h"

#define ROUNDS 30
#define BATCH 200

static int echoed;
static int received;

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    (void)data;
    for (size_t i = 0; i < count; i++)
        dgram_send(socket, messages[i].payload, messages[i].length,
                   messages[i].from, NULL, NULL);
    echoed += (int)count;
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)message;
    (void)data;
    received++;
}

static void on_close(dgram_socket *socket, void *data) {
    (void)socket;
    ++*(int *)data;
}

static const dgram_events echo_events = {.size = sizeof echo_events,
                                         .batch = on_batch};
static const dgram_events events = {
    .size = sizeof events, .message = on_message, .close = on_close};

/* A round sends datagrams of `sizes` sizes to `destinations` destinations, by
   turns. */
struct traffic_kind {
    const size_t *sizes;
    size_t size_count;
    const dgram_address *destinations;
    size_t destination_count;
    bool batch;
};

static void send_round(dgram_socket *socket, const struct traffic_kind *kind,
                       struct sent *sent) {
    static const unsigned char payload[2000];
    dgram_outgoing out[BATCH];

    for (size_t i = 0; i < BATCH; i++) {
        out[i] = (dgram_outgoing){
            .payload = payload,
            .length = kind->sizes[i % kind->size_count],
            .to = &kind->destinations[i % kind->destination_count],
            .data = sent,
        };
        if (!kind->batch)
            assert_int_equal(dgram_send(socket, payload, out[i].length,
                                        out[i].to, note_sent, sent),
                             0);
    }
    if (kind->batch)
        assert_int_equal(dgram_send_batch(socket, out, BATCH, NULL, note_sent),
                         BATCH);
}

static void run_rounds(dgram_socket *socket, const struct traffic_kind *kind,
                       int rounds) {
    struct sent sent = {0};

    for (int i = 1; i <= rounds; i++) {
        send_round(socket, kind, &sent);
        run_until(&sent.calls, i * BATCH);
        run_for(1);
    }
}

static void costs_nothing(const struct traffic_kind *kind) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_listener listener;
    int before, closed = 0;

    dgram_on(socket, &listener, &events, &closed);
    echoed = received = 0;
    run_rounds(socket, kind, 3);
    before = memory.allocations;
    run_rounds(socket, kind, ROUNDS);
    assert_int_equal(memory.allocations, before);
    assert_true(echoed > 0 && received > 0);
    dgram_close(socket);
    run_until(&closed, 1);
}

static void of_any_traffic(void **state) {
    static const size_t one_size[] = {64}, mixed[] = {36, 36, 548, 1472, 36};
    dgram_address to[8];
    struct traffic_kind kinds[] = {
        {one_size, 1, to, 1, false}, {one_size, 1, to, 1, true},
        {mixed, 5, to, 1, false},    {mixed, 5, to, 1, true},
        {mixed, 5, to, 8, false},    {one_size, 1, to, 8, true},
    };
    dgram_socket *echo;
    dgram_listener listener;

    (void)state;
    memory_begin();
    assert_int_equal(uv_loop_init(&test_loop), 0);
    echo = new_socket(DGRAM_UDP4);
    assert_int_equal(dgram_bind_sync(echo, "0.0.0.0", 0), 0);
    dgram_on(echo, &listener, &echo_events, NULL);
    for (int i = 0; i < 8; i++) {
        char text[32];

        snprintf(text, sizeof text, "127.0.0.%d", i + 1);
        to[i] = address_of(text, port_of(echo));
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        costs_nothing(&kinds[i]);
    dgram_close(echo);
    run_to_end();
    assert_int_equal(loop_end(NULL), 0);
    memory_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_any_traffic)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
