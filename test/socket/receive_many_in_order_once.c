/* Thousands of datagrams of mixed sizes, from sockets of the library and from
   plain ones, arrive complete, once, and in order. */
#include "peer.h"

#define COUNT 5000
#define SENDERS 3
#define SIZE_MAX_HERE 2000
#define BURST 60 /* what any receive buffer holds */

struct watch {
    dgram_listener listener;
    uint32_t next[SENDERS + 1]; /* the number expected from each sender; last:
                                   the plain one */
    uint16_t ports[SENDERS + 1];
    int received;
};

static size_t size_of(uint32_t number) {
    uint32_t kind = number / 23 % 4;

    return kind == 0   ? 8
           : kind == 1 ? 1200
           : kind == 2 ? 8 + number * 7919 % (SIZE_MAX_HERE - 8)
                       : (number % 23 == 22 ? 50 : 700);
}

static void make(unsigned char *payload, uint32_t number, size_t size) {
    memcpy(payload, &number, 4);
    for (size_t i = 4; i < size; i++)
        payload[i] = (unsigned char)(number * 3 + i);
}

static void check(dgram_socket *socket, const dgram_message *message,
                  void *data) {
    struct watch *watch = data;
    unsigned char expected[SIZE_MAX_HERE];
    uint16_t port = dgram_address_port(message->from);
    int who = 0;

    (void)socket;
    while (who < SENDERS && watch->ports[who] != port)
        who++;
    assert_int_equal(watch->ports[who], port);
    assert_int_equal(message->length, size_of(watch->next[who]));
    assert_int_equal(message->flags, 0);
    make(expected, watch->next[who], message->length);
    assert_memory_equal(message->payload, expected, message->length);
    watch->next[who]++;
    watch->received++;
}

static const dgram_events events = {.size = sizeof events, .message = check};

static void from_several(dgram_type type) {
    dgram_options options = {
        .size = sizeof options, .type = type, .receive_buffer_size = 4 << 20};
    dgram_socket *socket = new_socket_with(&options), *senders[SENDERS];
    int plain = peer_open(type);
    dgram_address here, from = peer_address(plain);
    unsigned char payload[SIZE_MAX_HERE];
    uint32_t numbers[SENDERS + 1] = {0};
    struct watch watch = {.ports[SENDERS] = dgram_address_port(&from)};

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    here = loopback_of(socket);
    dgram_on(socket, &watch.listener, &events, &watch);
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = new_bound(type);
        watch.ports[i] = port_of(senders[i]);
    }
    for (int i = 0; i < COUNT; i++) {
        int who = i / 31 % (SENDERS + 1);
        size_t size = size_of(numbers[who]);

        make(payload, numbers[who]++, size);
        if (who == SENDERS)
            peer_send(plain, payload, size, &here);
        else
            assert_int_equal(
                dgram_send(senders[who], payload, size, &here, NULL, NULL), 0);
        if (i % BURST == BURST - 1)
            run_until(&watch.received, i + 1);
    }
    run_until(&watch.received, COUNT);
    for (int i = 0; i <= SENDERS; i++)
        assert_int_equal(watch.next[i], numbers[i]);
    dgram_close(socket);
    for (int i = 0; i < SENDERS; i++)
        dgram_close(senders[i]);
    run_to_end();
    assert_int_equal(watch.received, COUNT);
    peer_close(plain);
}
BOTH(from_several)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(from_several),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
