/* A listener runs the loop itself. dgram.h forbids it, but programs of the Node
   package cannot be stopped from doing so. Every message comes once and
   complete, and a socket that is closed meanwhile stays readable for its
   callers. */
#include "peer.h"

enum { COUNT = 200, DEPTH_MAX = 20 };

struct nest {
    dgram_listener listener;
    int messages, depth, closed;
    bool seen[COUNT];
};

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    struct nest *nest = data;

    for (size_t i = 0; i < count; i++) {
        unsigned char number = messages[i].payload[0];

        assert_int_equal(messages[i].length, number % 2 ? 100 : 7);
        assert_false(nest->seen[number]);
        nest->seen[number] = true;
        if (++nest->messages == COUNT)
            dgram_close(socket);
        if (nest->depth++ < DEPTH_MAX)
            uv_run(&test_loop, UV_RUN_NOWAIT);
        nest->depth--;
    }
}

static void on_close(dgram_socket *socket, void *data) {
    struct nest *nest = data;

    (void)socket;
    nest->closed++;
}

static const dgram_events nest_events = {
    .size = sizeof nest_events, .batch = on_batch, .close = on_close};

static void send_numbers(dgram_socket *client, const dgram_address *to,
                         int first, int count) {
    for (int i = first; i < first + count; i++) {
        char payload[100];

        memset(payload, i, sizeof payload);
        assert_int_equal(dgram_send(client, payload, (size_t)(i % 2 ? 100 : 7),
                                    to, NULL, NULL),
                         0);
    }
}

/* Each socket's listener runs the loop, which calls the other one's
   listener. */
static void nothing_is_lost(dgram_type type) {
    dgram_socket *one = new_bound(type), *other = new_bound(type);
    dgram_socket *client = new_bound(type);
    dgram_address to_one = loopback_of(one), to_other = loopback_of(other);
    struct nest first = {0}, second = {0};

    dgram_on(one, &first.listener, &nest_events, &first);
    dgram_on(other, &second.listener, &nest_events, &second);
    for (int i = 0; i < COUNT; i += 20) {
        send_numbers(client, &to_one, i, 20);
        send_numbers(client, &to_other, i, 20);
        assert_true(dgram_flush(client) >= 0);
    }
    run_until(&first.closed, 1);
    run_until(&second.closed, 1);
    assert_int_equal(first.messages, COUNT);
    assert_int_equal(second.messages, COUNT);
    dgram_close(client);
}

BOTH(nothing_is_lost)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(nothing_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
