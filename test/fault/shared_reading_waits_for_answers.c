/* Answers to a datagram of a shared descriptor are sent before the next
   datagram is read, also if the kernel takes them late. Other readers get the
   rest. */
#include "kernel.h"
#include "peer.h"

#define COUNT 16 /* fewer than a wake-up may read */

static int verdict; /* on all sends */
static int answered;

static int full_or_not(uint32_t first, uint32_t count) {
    (void)first;
    (void)count;
    return verdict;
}

static void answer(dgram_socket *socket, const dgram_message *message,
                   void *data) {
    (void)data;
    answered++;
    assert_int_equal(dgram_send(socket, message->payload, message->length,
                                message->from, NULL, NULL),
                     0);
}

/* How many datagrams are read while the kernel takes no answers. */
static int read_while_full(int code, bool shared) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = answer};
    int peer = peer_open(DGRAM_UDP4), answered_then;
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address here = loopback_of(socket);
    dgram_listener listener;

    dgram_on(socket, &listener, &events, NULL);
    assert_int_equal(dgram_set_shared(socket, shared), 0);
    kernel.verdict = full_or_not;
    kernel.logged = answered = 0;
    verdict = code;
    for (int i = 0; i < COUNT; i++)
        peer_send(peer, &i, sizeof i, &here);
    /* In the end the refusal is the datagram's status, soon on a socket that is
       not shared. */
    run_until(&answered, shared ? 1 : COUNT);
    for (int i = 0; shared && i < 5; i++)
        uv_run(&test_loop, UV_RUN_ONCE);
    answered_then = answered;
    assert_int_equal(kernel.logged, 0);
    verdict = 0;
    run_until(&kernel.logged, COUNT);
    assert_int_equal(answered, COUNT);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(kernel.log[i], i);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
    return answered_then;
}

static void a_shared_socket_is_not_read(void **state) {
    (void)state;
    assert_int_equal(read_while_full(UV_EAGAIN, true), 1);
    assert_int_equal(read_while_full(UV_ENOBUFS, true), 1);
}

static void another_socket_is_read(void **state) {
    (void)state;
    assert_int_equal(read_while_full(UV_EAGAIN, false), COUNT);
}

/* Takes every second message, so that a stream never ends. */
static int slowly(uint32_t first, uint32_t count) {
    static bool full;

    (void)first;
    (void)count;
    full = !full;
    return full ? UV_EAGAIN : 0;
}

static bool streaming;

static void send_next(dgram_socket *socket, int status, void *data) {
    static const unsigned char zeros[64];
    static size_t size;

    if (!streaming)
        return;
    assert_true(status >= 0);
    size = size % (sizeof zeros - 8) + 8; /* not all in one iteration */
    assert_int_equal(dgram_send(socket, zeros, size, data, send_next, data), 0);
}

static void count_message(dgram_socket *socket, const dgram_message *message,
                          void *data) {
    (void)socket;
    (void)message;
    ++*(int *)data;
}

static void sends_of_its_own_do_not_stop_reading(void **state) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = count_message};
    int peer = peer_open(DGRAM_UDP4), received = 0;
    dgram_address there = peer_address(peer), here;
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_listener listener;

    (void)state;
    here = loopback_of(socket);
    dgram_on(socket, &listener, &events, &received);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    kernel.verdict = slowly;
    streaming = true;
    for (int i = 0; i < 8; i++)
        send_next(socket, 0, &there);
    for (int i = 0; i < COUNT; i++)
        peer_send(peer, &i, sizeof i, &here);
    run_until(&received, COUNT);
    assert_true(dgram_get_send_queue_count(socket) > 0);
    streaming = false;
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(a_shared_socket_is_not_read),
        IN_KERNEL(another_socket_is_read),
        IN_KERNEL(sends_of_its_own_do_not_stop_reading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
