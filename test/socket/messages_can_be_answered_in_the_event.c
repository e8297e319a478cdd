/* A callback may send, bind and close other sockets. No callback runs inside
   the call that causes it. */
#include "peer.h"

struct echo {
    dgram_listener listener;
    int inside, answered;
};

static void answered(dgram_socket *socket, int status, void *data) {
    struct echo *echo = data;

    (void)socket;
    assert_int_equal(echo->inside, 0);
    assert_true(status > 0);
    echo->answered++;
}

static void answer(dgram_socket *socket, const dgram_message *message,
                   void *data) {
    struct echo *echo = data;

    echo->inside = 1;
    assert_int_equal(dgram_send(socket, message->payload, message->length,
                                message->from, answered, echo),
                     0);
    if (message->payload[0] % 3 == 0)
        assert_true(dgram_flush(socket) >= 0);
    echo->inside = 0;
}

static const dgram_events echo_events = {.size = sizeof echo_events,
                                         .message = answer};

static void each_message_is_echoed(dgram_type type) {
    enum { COUNT = 60 };
    dgram_socket *server = new_bound(type), *client = new_bound(type);
    dgram_address to = loopback_of(server);
    struct echo echo = {0};
    struct recorder recorder;

    dgram_on(server, &echo.listener, &echo_events, &echo);
    record_events(&recorder, client);
    for (int i = 0; i < COUNT; i++) {
        char payload[100];

        memset(payload, i, sizeof payload);
        assert_int_equal(dgram_send(client, payload, (size_t)(i % 2 ? 100 : 7),
                                    &to, NULL, NULL),
                         0);
    }
    run_until(&recorder.messages, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(recorder.message[i].length, i % 2 ? 100 : 7);
        assert_int_equal(recorder.message[i].payload[0], i);
        assert_int_equal(dgram_address_port(&recorder.message[i].from),
                         dgram_address_port(&to));
    }
    run_until(&echo.answered, COUNT);
    dgram_close(server);
    dgram_close(client);
    run_to_end();
}
BOTH(each_message_is_echoed)

/* A send in the callback of a send: callbacks never nest. */
struct chain {
    dgram_address to;
    int left, inside, done;
};

static void next_link(dgram_socket *socket, int status, void *data) {
    struct chain *chain = data;

    assert_int_equal(status, 4);
    assert_int_equal(chain->inside, 0);
    chain->inside = 1;
    if (chain->left-- > 0) {
        assert_int_equal(
            dgram_send(socket, "link", 4, &chain->to, next_link, chain), 0);
        if (chain->left % 2)
            assert_int_equal(dgram_flush(socket), 0);
    } else {
        chain->done = 1;
    }
    chain->inside = 0;
}

static void a_chain_of_sends(dgram_type type) {
    enum { COUNT = 500 };
    int peer = peer_open(type);
    dgram_socket *socket = new_socket(type);
    struct chain chain = {.to = peer_address(peer), .left = COUNT};

    assert_int_equal(
        dgram_send(socket, "link", 4, &chain.to, next_link, &chain), 0);
    run_until(&chain.done, 1);
    for (int i = 0; i <= COUNT; i++)
        peer_expect(peer, "link");
    peer_expect_nothing(peer);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(a_chain_of_sends)

/* A send in a timer is done although nothing else wakes the loop. */
struct ticker {
    dgram_socket *socket;
    dgram_address to;
    struct sent sent;
};

static void send_from_timer(uv_timer_t *timer) {
    struct ticker *ticker = timer->data;

    assert_int_equal(dgram_send(ticker->socket, "tick", 4, &ticker->to,
                                note_sent, &ticker->sent),
                     0);
    uv_close((uv_handle_t *)timer, NULL);
}

static void from_a_timer(dgram_type type) {
    int peer = peer_open(type);
    struct ticker ticker = {.socket = new_bound(type),
                            .to = peer_address(peer)};
    uv_timer_t timer;

    dgram_unref(ticker.socket);
    uv_timer_init(&test_loop, &timer);
    timer.data = &ticker;
    uv_timer_start(&timer, send_from_timer, 5, 0);
    run_to_end();
    assert_int_equal(ticker.sent.calls, 1);
    assert_int_equal(ticker.sent.status, 4);
    peer_expect(peer, "tick");
    dgram_close(ticker.socket);
    run_to_end();
    peer_close(peer);
}
BOTH(from_a_timer)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(each_message_is_echoed),
        IN_LOOP_BOTH(a_chain_of_sends),
        IN_LOOP_BOTH(from_a_timer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
