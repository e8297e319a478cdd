/* Backpressure between two programs: while the receiver of a Unix socket has
   stopped, the sender's queue fills up. Its `drain` comes after the start, and
   nothing is lost. */
#include "paths.h"

#define COUNT 3000
#define LIMIT (100 * (sizeof(int) + 256))

struct producer {
    dgram_listener listener;
    const dgram_address *to; /* NULL: the peer */
    int next, drains, reported;
};

struct consumer {
    dgram_listener listener;
    int received;
};

static void on_sent(dgram_socket *socket, int status, void *data) {
    struct producer *producer = data;

    (void)socket;
    assert_int_equal(status, sizeof(int));
    producer->reported++;
}

/* Sends until it is refused. */
static void produce(dgram_socket *socket, struct producer *producer) {
    int result = 0;

    while (producer->next < COUNT && result == 0) {
        result = dgram_send(socket, &producer->next, sizeof producer->next,
                            producer->to, on_sent, producer);
        producer->next += result == 0;
    }
    if (producer->next < COUNT)
        assert_int_equal(result, UV_ENOBUFS);
}

static void on_drain(dgram_socket *socket, void *data) {
    struct producer *producer = data;

    producer->drains++;
    produce(socket, producer);
}

/* Now and then it stops until the next iteration. */
static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    struct consumer *consumer = data;
    int number;

    memcpy(&number, message->payload, sizeof number);
    assert_int_equal(number, consumer->received++);
    if (number % 7 == 0)
        dgram_receive_stop(socket);
}

static void consume(dgram_socket *socket, struct consumer *consumer) {
    while (consumer->received < COUNT) {
        dgram_receive_start(socket);
        run_until(&consumer->received, consumer->received + 1);
    }
}

static void sent_by_one(bool connected) {
    static const dgram_events consuming = {.size = sizeof consuming,
                                           .message = on_message},
                              producing = {.size = sizeof producing,
                                           .drain = on_drain};
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UNIX,
                                   .send_queue_size_max = LIMIT};
    const dgram_address to = unix_address(path_of("slow"));
    dgram_socket *slow = new_bound_to(path_of("slow")),
                 *from = new_socket_with(&options);
    struct consumer consumer = {0};
    struct producer producer = {.to = connected ? NULL : &to};

    dgram_on(slow, &consumer.listener, &consuming, &consumer);
    dgram_on(from, &producer.listener, &producing, &producer);
    dgram_receive_stop(slow);
    if (connected)
        assert_int_equal(dgram_connect_sync(from, path_of("slow"), 0), 0);
    produce(from, &producer);
    while (dgram_get_send_queue_space(from) > LIMIT / 2)
        run_for(5); /* the kernel takes some */
    producer.drains = 0;
    run_for(20);
    assert_int_equal(producer.drains, 0);
    consume(slow, &consumer);
    assert_true(producer.drains > 0);
    run_until(&producer.reported, COUNT);
    dgram_close(slow);
    dgram_close(from);
    run_to_end();
    assert_int_equal(consumer.received, COUNT);
}

static void of_a_connected_socket(void **state) {
    (void)state;
    sent_by_one(true);
}

static void of_an_unconnected_socket(void **state) {
    (void)state;
    sent_by_one(false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(of_a_connected_socket),
        IN_LOOP_WITH_FOLDER(of_an_unconnected_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
