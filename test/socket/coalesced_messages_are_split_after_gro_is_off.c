/* Messages may already be coalesced when a call switches coalescing off. Each
   datagram of them is still delivered, once and in order. */
#include "peer.h"

#include <linux/filter.h>

#if defined(TEST_COALESCES)
#define WAITING 3000 /* more messages than one wake-up reads */
#else
#define WAITING 100 /* a receive buffer holds few single messages */
#endif
#define LATER 100
#define COUNT (WAITING + LATER)
#define SIZE 60

static int received, next_number, close_at;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    int number;

    (void)data;
    assert_int_equal(message->length, SIZE);
    memcpy(&number, message->payload, sizeof number);
    assert_int_equal(number, received);
    if (++received == close_at)
        dgram_close(socket);
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

static void send_some(dgram_socket *sender, int count,
                      const dgram_address *to) {
    unsigned char payload[SIZE] = {0};

    for (int i = 0; i < count; i++, next_number++) {
        memcpy(payload, &next_number, sizeof next_number);
        assert_int_equal(
            dgram_send(sender, payload, sizeof payload, to, NULL, NULL), 0);
    }
    assert_int_equal(dgram_flush(sender), 0);
}

static int share(dgram_socket *socket) {
    return dgram_set_shared(socket, true);
}

static int filter(dgram_socket *socket) {
    static const struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 0xffffffff);

    return dgram_attach_filter(socket, &all, 1);
}

static int filter_badly(dgram_socket *socket) {
    static const struct sock_filter none = {0xffff, 0, 0, 0};

    int result = dgram_attach_filter(socket, &none, 1);

    return result == UV_EINVAL ? 0 : result;
}

static void with_call(dgram_type type, int (*call)(dgram_socket *), int last) {
    dgram_socket *receiver = new_bound(type), *sender = new_bound(type);
    dgram_address to = loopback_of(receiver);
    dgram_listener listener;
    int result;

    received = next_number = 0;
    close_at = last;
    dgram_set_receive_buffer_size(receiver, 1 << 20);
    dgram_on(receiver, &listener, &events, NULL);
    send_some(sender, WAITING, &to);
    result = call(receiver);
    if (result == UV_ENOTSUP) { /* a system without */
        dgram_close(receiver);
    } else {
        assert_int_equal(result, 0);
        send_some(sender, LATER, &to);
        run_until(&received, last);
    }
    dgram_close(sender);
    run_to_end();
}

static void each_call_that_switches_it_off(dgram_type type) {
    with_call(type, share, COUNT);
    with_call(type, filter, COUNT);
    with_call(type, filter_badly, COUNT);
}
BOTH(each_call_that_switches_it_off)

static void closed_before_all_are_delivered(dgram_type type) {
    with_call(type, share, 1);
    with_call(type, filter, COUNT / 2);
}
BOTH(closed_before_all_are_delivered)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(each_call_that_switches_it_off),
        IN_LOOP_BOTH(closed_before_all_are_delivered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
