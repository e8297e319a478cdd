/* On a shared socket the kernel coalesces datagrams, and each worker splits
   what it reads: all datagrams come out as they were sent. A worker that cannot
   split is refused. */
#include "raw_worker.h"

#include <netinet/udp.h>
#include <unistd.h>

#define COUNT 20
#define SIZE 1000
#define LAST_SIZE 700 /* the last segment may be shorter */

#if !defined(UDP_GRO)
#define UDP_GRO 104
#endif

static struct recorder recorders[3];
static struct { int count, each[COUNT]; } received;

static size_t size_of(int number) {
    return number % 10 == 9 ? LAST_SIZE : SIZE;
}

static unsigned char byte_of(int number, size_t i) {
    return i == 0 ? (unsigned char)number : (unsigned char)(number * 37 + i);
}

/* Each byte depends on the datagram and on its offset. */
static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    const unsigned char *payload = message->payload;

    (void)socket;
    (void)data;
    assert_true(message->length > 0 && payload[0] < COUNT);
    assert_int_equal(message->length, size_of(payload[0]));
    for (size_t i = 0; i < message->length; i++)
        assert_int_equal(payload[i], byte_of(payload[0], i));
    received.each[payload[0]]++;
    received.count++;
}

/* Whether the kernel coalesces for the socket; -1: it cannot. */
static int coalesces(dgram_socket *socket) {
    int on = 0;
    socklen_t size = sizeof on;

    return getsockopt(dgram_fileno(socket), IPPROTO_UDP, UDP_GRO, &on, &size) ==
                   0
               ? on
               : -1;
}

static void send_coalesced(dgram_socket *to, dgram_type type) {
    static unsigned char payload[SIZE];
    dgram_socket *sender = new_bound(type);
    dgram_address there = loopback_of(to);
    struct sent sent = {0};

    for (int number = 0; number < COUNT; number++) {
        for (size_t i = 0; i < size_of(number); i++)
            payload[i] = byte_of(number, i);
        assert_int_equal(dgram_send(sender, payload, size_of(number), &there,
                                    note_sent, &sent),
                         0);
    }
    run_until(&sent.calls, COUNT);
    dgram_close(sender);
}

static void coalesced_datagrams_arrive_one_by_one(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_message};
    dgram_listener listeners[2];
    dgram_socket *s[2];

    memset(&received, 0, sizeof received);
    workers_open(2);
    for (int k = 0; k < 2; k++) {
        s[k] =
            worker_bound(&workers.worker[k], loopback(type), 0, &recorders[k]);
        dgram_on(s[k], &listeners[k], &events, NULL);
#if defined(TEST_COALESCES)
        assert_int_not_equal(coalesces(s[k]), 0);
#else
        assert_true(coalesces(s[k]) <= 0);
#endif
    }
    send_coalesced(s[0], type);
    workers_run_until(&received.count, COUNT);
    for (int number = 0; number < COUNT; number++)
        assert_int_equal(received.each[number], 1);
    dgram_close(s[0]);
    dgram_close(s[1]);
    workers_end();
}
BOTH(coalesced_datagrams_arrive_one_by_one)

static void a_worker_that_cannot_split_is_refused(void **state) {
    dgram_socket *socket;
    int fd;

    (void)state;
    workers_open(1);
    socket = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    fd = raw_connect();
    raw_send(fd, HELLO, 0); /* without the flag: it does not split */
    raw_send(fd, BIND, 1);
    assert_int_equal(raw_receive_answer(fd, 1),
                     coalesces(socket) > 0 ? UV_ENOTSUP : 0);
    /* It can still bind a socket of its own. */
    dgram_close(socket);
    workers_run_until(&recorders[0].closed, 1);
    raw_send(fd, BIND, 2);
    assert_int_equal(raw_receive_answer(fd, 2), 0);
    close(fd);
    workers_run_until(&workers.left, 1);
    workers_end();
}

/* A worker that splits may share with one that does not, if that one was first.
 */
static void nothing_is_coalesced_for_a_worker_that_cannot_split(void **state) {
    dgram_socket *socket;
    int fd;

    (void)state;
    workers_open(1);
    fd = raw_connect();
    raw_send(fd, HELLO, 0);
    raw_send(fd, BIND, 1);
    assert_int_equal(raw_receive_answer(fd, 1), 0);
    socket = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    assert_int_equal(port_of(socket), dgram_address_port(&workers.address));
    assert_true(coalesces(socket) <= 0);
    dgram_close(socket);
    close(fd);
    workers_run_until(&workers.left, 1);
    workers_end();
}

/* A worker without offload disables it for all that share the socket, and a
   later worker does not enable it. */
static void nothing_is_coalesced_without_offload(void **state) {
    const dgram_options options = {.size = sizeof options,
                                   .type = DGRAM_UDP4,
                                   .offload = DGRAM_OFFLOAD_OFF};
    dgram_socket *s[3];

    (void)state;
    workers_open(3);
    s[0] = worker_bound(&workers.worker[0], "127.0.0.1", 0, &recorders[0]);
    assert_int_equal(
        dgram_create_with(&workers.worker[1].loop, &options, &s[1]), 0);
    record_events(&recorders[1], s[1]);
    assert_int_equal(dgram_bind(s[1], "127.0.0.1", 0), 0);
    workers_run_until(&recorders[1].listening, 1);
    assert_int_equal(port_of(s[1]), port_of(s[0]));
    assert_true(coalesces(s[1]) <= 0);
    s[2] = worker_bound(&workers.worker[2], "127.0.0.1", 0, &recorders[2]);
    assert_true(coalesces(s[2]) <= 0);
    for (int k = 0; k < 3; k++)
        dgram_close(s[k]);
    workers_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(coalesced_datagrams_arrive_one_by_one),
        IN_LOOP(a_worker_that_cannot_split_is_refused),
        IN_LOOP(nothing_is_coalesced_for_a_worker_that_cannot_split),
        IN_LOOP(nothing_is_coalesced_without_offload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
