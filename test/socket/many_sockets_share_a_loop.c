/* Two hundred sockets on one loop exchange datagrams, and all close. */
#include "peer.h"

#define COUNT 200
#define ROUNDS 5

static dgram_socket *sockets[COUNT];
static dgram_listener listeners[COUNT];
static int received[COUNT], total, closed;

/* Sends the token to the next socket, or ends. */
static void pass_on(dgram_socket *socket, const dgram_message *message,
                    void *data) {
    int self = (int)((dgram_listener *)data - listeners);
    dgram_address next = loopback_of(sockets[(self + 1) % COUNT]);
    uint32_t token;

    assert_int_equal(message->length, sizeof token);
    memcpy(&token, message->payload, sizeof token);
    received[self]++;
    total++;
    if (--token > 0)
        assert_int_equal(
            dgram_send(socket, &token, sizeof token, &next, NULL, NULL), 0);
}

static void note_close(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    closed++;
}

static const dgram_events events = {
    .size = sizeof events, .message = pass_on, .close = note_close};

static void open_all(dgram_type type) {
    memset(received, 0, sizeof received);
    total = closed = 0;
    for (int i = 0; i < COUNT; i++) {
        sockets[i] = new_bound(type);
        dgram_on(sockets[i], &listeners[i], &events, &listeners[i]);
    }
}

static void close_all(void) {
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(dgram_close(sockets[i]), 0);
    run_to_end();
    assert_int_equal(closed, COUNT);
}

static void a_token_visits_each(dgram_type type) {
    dgram_address first;
    uint32_t token = COUNT * ROUNDS;
    dgram_socket *starter = new_bound(type);

    open_all(type);
    first = loopback_of(sockets[0]);
    assert_int_equal(
        dgram_send(starter, &token, sizeof token, &first, NULL, NULL), 0);
    run_until(&total, COUNT * ROUNDS);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(received[i], ROUNDS);
    dgram_close(starter);
    close_all();
}
BOTH(a_token_visits_each)

static void all_send_at_once(dgram_type type) {
    uint32_t token = 1;

    open_all(type);
    for (int i = 0; i < COUNT; i++)
        for (int k = 1; k <= ROUNDS; k++) {
            dgram_address to = loopback_of(sockets[(i + k) % COUNT]);

            assert_int_equal(
                dgram_send(sockets[i], &token, sizeof token, &to, NULL, NULL),
                0);
        }
    run_until(&total, COUNT * ROUNDS);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(received[i], ROUNDS);
    close_all();
}
BOTH(all_send_at_once)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(a_token_visits_each),
        IN_LOOP_BOTH(all_send_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
