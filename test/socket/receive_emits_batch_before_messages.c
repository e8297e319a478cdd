/* `batch` listeners receive all datagrams of a wake-up before `message`
   listeners receive the same ones one by one. */
#include "peer.h"

#define COUNT 300

/* The datagrams of the batches, which must come again in order. */
struct watch {
    dgram_listener listener;
    unsigned char numbers[COUNT];
    uint16_t ports[COUNT];
    int in_batches, messages;
};

static void see_batch(dgram_socket *socket, const dgram_message *messages,
                      size_t count, void *data) {
    struct watch *watch = data;

    (void)socket;
    assert_true(count >= 1);
    /* All datagrams of the previous batch came as messages. */
    assert_int_equal(watch->messages, watch->in_batches);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(messages[i].payload);
        assert_null(messages[i].info);
        assert_true(watch->in_batches < COUNT);
        watch->numbers[watch->in_batches] =
            messages[i].length > 0 ? messages[i].payload[0] : 255;
        watch->ports[watch->in_batches] = dgram_address_port(messages[i].from);
        watch->in_batches++;
    }
}

static void see_message(dgram_socket *socket, const dgram_message *message,
                        void *data) {
    struct watch *watch = data;
    int number = message->length > 0 ? message->payload[0] : 255;

    (void)socket;
    assert_non_null(message->payload);
    assert_null(message->info);
    assert_true(watch->messages < watch->in_batches);
    assert_int_equal(number, watch->numbers[watch->messages]);
    assert_int_equal(dgram_address_port(message->from),
                     watch->ports[watch->messages]);
    watch->messages++;
}

static const dgram_events both = {
    .size = sizeof both, .message = see_message, .batch = see_batch};

static void from_plain_peers(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket);
    int peers[3] = {peer_open(type), peer_open(type), peer_open(type)};
    struct watch watch = {0};

    dgram_set_receive_buffer_size(socket, 1 << 20);
    dgram_on(socket, &watch.listener, &both, &watch);
    for (int i = 0; i < COUNT; i++) {
        unsigned char number = (unsigned char)(i % 250);

        peer_send(peers[i % 3], &number, i % 50 == 0 ? 0 : 1, &here);
    }
    run_until(&watch.messages, COUNT);
    for (int i = 0; i < COUNT; i++) {
        dgram_address from = peer_address(peers[i % 3]);

        assert_int_equal(watch.numbers[i], i % 50 == 0 ? 255 : i % 250);
        assert_int_equal(watch.ports[i], dgram_address_port(&from));
    }
    dgram_close(socket);
    run_to_end();
    for (int i = 0; i < 3; i++)
        peer_close(peers[i]);
}
BOTH(from_plain_peers)

static void from_library_sockets(dgram_type type) {
    dgram_socket *socket = new_bound(type), *sender = new_bound(type);
    dgram_address here = loopback_of(socket);
    unsigned char payload[200] = {0};
    struct watch watch = {0};

    dgram_set_receive_buffer_size(socket, 1 << 20);
    dgram_on(socket, &watch.listener, &both, &watch);
    for (int i = 0; i < COUNT; i++) {
        payload[0] = (unsigned char)(i % 250);
        assert_int_equal(dgram_send(sender, payload, i % 7 == 6 ? 20 : 200,
                                    &here, NULL, NULL),
                         0);
    }
    run_until(&watch.messages, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(watch.numbers[i], i % 250);
        assert_int_equal(watch.ports[i], port_of(sender));
    }
    dgram_close(socket);
    dgram_close(sender);
    run_to_end();
}
BOTH(from_library_sockets)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(from_plain_peers),
        IN_LOOP_BOTH(from_library_sockets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
