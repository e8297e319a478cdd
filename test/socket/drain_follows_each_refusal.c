/* A program whose datagram the limit of the send queue has refused gets a
   `drain`, also if the queue never reached half of the limit. */
#include "peer.h"
#include "resolver.h"

#define COST 256

static char payload[4000];

/* Each datagram to a name waits until the test answers. */
static dgram_socket *new_bounded(struct resolver *resolver, size_t size_max) {
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UDP4,
                                   .lookup = resolver_ask,
                                   .lookup_data = resolver,
                                   .send_queue_size_max = size_max};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, "127.0.0.1", 0), 0);
    return socket;
}

static void a_large_one_waits_for_an_empty_queue(void **state) {
    struct resolver one = {.later = 1}, two;
    dgram_socket *socket = new_bounded(&one, 4000);
    dgram_address there = address_of("127.0.0.1", 9);
    struct recorder recorder;
    struct sent sent = {0}, never = {0};

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_send_to(socket, "", 0, "one", 9, note_sent, &sent),
                     0);
    run_until(&one.asked, 1);
    two = one;
    assert_int_equal(dgram_send_to(socket, "", 0, "two", 9, note_sent, &sent),
                     0);
    run_until(&one.asked, 2);
    assert_true(dgram_get_send_queue_space(socket) > 2000);
    assert_int_equal(
        dgram_send(socket, payload, 2700, &there, note_sent, &never),
        UV_ENOBUFS);
    resolver_answer(&two);
    run_until(&sent.calls, 1);
    run_for(2);
    assert_int_equal(recorder.drains, 0);
    resolver_answer(&one);
    run_until(&recorder.drains, 1);
    assert_int_equal(sent.calls, 2);
    assert_int_equal(dgram_get_send_queue_space(socket), 4000);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(never.calls, 0);
    assert_string_equal(recorder.log, "ldx");
}

/* It could never be queued. */
static void but_not_one_that_exceeds_the_limit_alone(void **state) {
    struct resolver resolver = {0};
    dgram_socket *socket = new_bounded(&resolver, 4000);
    dgram_address there = address_of("127.0.0.1", 9);
    struct recorder recorder;
    struct sent sent = {0};

    (void)state;
    record_events(&recorder, socket);
    for (size_t length = 4000 - COST; length <= 4000 - COST + 1; length++) {
        int refused = length > 4000 - COST;

        assert_int_equal(dgram_send(socket, "", 0, &there, note_sent, &sent),
                         0);
        assert_int_equal(
            dgram_send(socket, payload, length, &there, note_sent, &sent),
            UV_ENOBUFS);
        run_until(&sent.calls, 1 + refused);
        run_for(2);
        assert_int_equal(recorder.drains, 1);
    }
    dgram_close(socket);
    run_to_end();
}

/* A listener that sends at each `drain` until it is refused. */
struct producer {
    dgram_listener listener;
    dgram_address there;
    int rounds, sent, called;
};

static void on_sent(dgram_socket *socket, int status, void *data) {
    struct producer *producer = data;

    (void)socket;
    (void)status;
    producer->called++;
}

static void produce(dgram_socket *socket, void *data) {
    struct producer *producer = data;
    int result = 0;

    if (producer->rounds == 0)
        return;
    producer->rounds--;
    while (result == 0) {
        result = dgram_send(socket, payload, 100, &producer->there, on_sent,
                            producer);
        producer->sent += result == 0;
    }
    assert_int_equal(result, UV_ENOBUFS);
}

static void a_listener_may_fill_the_queue_again(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .drain = produce};
    const dgram_options options = {
        .size = sizeof options, .type = type, .send_queue_size_max = 4000};
    dgram_socket *socket = new_socket_with(&options);
    struct producer producer = {.there = address_of(loopback(type), 9),
                                .rounds = 1000};

    dgram_on(socket, &producer.listener, &events, &producer);
    produce(socket, &producer);
    run_until(&producer.called, 1000 * (4000 / (100 + COST)));
    assert_int_equal(producer.sent, producer.called);
    assert_int_equal(producer.rounds, 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(a_listener_may_fill_the_queue_again)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_large_one_waits_for_an_empty_queue),
        IN_LOOP(but_not_one_that_exceeds_the_limit_alone),
        IN_LOOP_BOTH(a_listener_may_fill_the_queue_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
