/* A socket with a full receive buffer knows exactly how many datagrams the
   kernel has dropped, if none are coalesced. Drops of an adopted descriptor
   before its adoption do not count. */
#include "harness.h"

#include <unistd.h>

#include "peer.h"

#define COUNT 500

static int received;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)message;
    (void)data;
    received++;
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

static uint64_t drops_of(dgram_socket *socket) {
    dgram_stats stats = {.size = sizeof stats};

    assert_int_equal(dgram_get_stats(socket, &stats), 0);
    return stats.receive_drops;
}

static dgram_socket *new_receiver(dgram_type type, dgram_listener *listener) {
    const dgram_options options = {.size = sizeof options,
                                   .type = type,
                                   .receive_buffer_size = 4096,
                                   .offload = DGRAM_OFFLOAD_OFF};
    dgram_socket *socket = new_socket_with(&options);

    dgram_on(socket, listener, &events, NULL);
    received = 0;
    return socket;
}

/* More than the buffer holds, while nobody reads. */
static void overflow(dgram_type type, const dgram_address *to) {
    static const char payload[200];
    int peer = peer_open(type);

    for (int i = 0; i < COUNT; i++)
        peer_send(peer, payload, sizeof payload, to);
    peer_close(peer);
}

/* Receives what is left, and returns how many are lost. */
static int lost_of(dgram_socket *socket) {
    uint64_t drops = drops_of(socket);

    if (drops == DGRAM_STATS_UNKNOWN)
        return -1;
    run_until(&received, COUNT - (int)drops);
    run_for(20);
    assert_int_equal(drops_of(socket), drops);
    return COUNT - received;
}

static void overflow_of(dgram_type type) {
    dgram_listener listener;
    dgram_socket *socket = new_receiver(type, &listener);
    dgram_address to;
    int lost;

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    to = loopback_of(socket);
    overflow(type, &to);
    lost = lost_of(socket);
    assert_true(lost != 0);
    if (lost > 0)
        assert_int_equal(drops_of(socket), lost);
#if defined(TEST_COALESCES)
    assert_true(lost > 0);
#endif
    dgram_close(socket);
    if (lost > 0)
        assert_int_equal(drops_of(socket), lost);
    run_to_end();
}

static void of_a_full_receive_buffer(void **state) {
    (void)state;
    overflow_of(DGRAM_UDP4);
    if (has_ipv6())
        overflow_of(DGRAM_UDP6);
}

static void of_an_adopted_descriptor_before(void **state) {
    dgram_bind_options adopted = {.size = sizeof adopted};
    dgram_listener listener;
    dgram_socket *socket = new_receiver(DGRAM_UDP4, &listener);
    dgram_address to;
    int size = 4096;

    (void)state;
    adopted.fd = peer_open(DGRAM_UDP4);
    setsockopt(adopted.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    to = peer_address(adopted.fd);
    overflow(DGRAM_UDP4, &to);
    assert_int_equal(dgram_bind_with(socket, &adopted), 0);
    if (drops_of(socket) != DGRAM_STATS_UNKNOWN)
        assert_int_equal(drops_of(socket), 0);
    overflow(DGRAM_UDP4, &to);
    if (drops_of(socket) != DGRAM_STATS_UNKNOWN)
        assert_true(drops_of(socket) > 0 && drops_of(socket) <= COUNT);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(of_a_full_receive_buffer),
        IN_LOOP(of_an_adopted_descriptor_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
