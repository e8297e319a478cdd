/* If a system call takes only some of its messages, none is lost. */
#include "kernel.h"

#define MESSAGES 70 /* more than one call carries */

/* No two consecutive datagrams have one destination, so each is a message. */
static void send_spread(dgram_socket *socket) {
    for (uint16_t i = 0; i < MESSAGES; i++) {
        dgram_address to = address_of("127.0.0.1", (uint16_t)(1000 + i));

        traffic_send(socket, 20, &to);
    }
}

static void check_ports(void) {
    for (int i = 0; i < kernel.logged; i++)
        assert_int_equal(kernel.port[i], 1000 + kernel.log[i]);
}

static void the_next_call_begins_behind_what_was_taken(void **state) {
    (void)state;
    for (uint32_t taken = 1; taken <= MESSAGES; taken++) {
        dgram_socket *socket = new_bound(DGRAM_UDP4);

        kernel.messages_max = taken;
        kernel.logged = 0;
        memset(&traffic, 0, sizeof traffic);
        send_spread(socket);
        traffic_check();
        check_ports();
        dgram_close(socket);
        run_to_end();
    }
}

static uint32_t refused_at;
static int refusals_left;
static int refusal;

static int refuse_some(uint32_t first, uint32_t count) {
    if (first <= refused_at && refused_at < first + count &&
        refusals_left > 0) {
        refusals_left--;
        return refusal;
    }
    return 0;
}

static int refuse_gso_messages(uint32_t first, uint32_t count) {
    (void)first;
    return count > 1 ? refusal : 0;
}

static int refuse_all(uint32_t first, uint32_t count) {
    (void)first;
    (void)count;
    return UV_EAGAIN;
}

static void refused_at_each_index(int code, int times) {
    kernel.verdict = refuse_some;
    for (refused_at = 0; refused_at < MESSAGES; refused_at++) {
        dgram_socket *socket = new_bound(DGRAM_UDP4);

        refusal = code;
        refusals_left = times;
        kernel.logged = 0;
        memset(&traffic, 0, sizeof traffic);
        send_spread(socket);
        traffic_check();
        for (uint32_t i = 0; i < MESSAGES; i++) {
            bool failed =
                i == refused_at && code != UV_EAGAIN && code != UV_ENOBUFS;
            assert_int_equal(traffic.status[i], failed ? code : 20);
        }
        dgram_close(socket);
        run_to_end();
    }
}

static void eagain_at_each_index(void **state) {
    (void)state;
    refused_at_each_index(UV_EAGAIN, 1);
}

static void a_refusal_fails_only_its_datagram(void **state) {
    (void)state;
    refused_at_each_index(UV_ECONNREFUSED, 1000);
    refused_at_each_index(UV_EPERM, 1000);
    refused_at_each_index(UV_EMSGSIZE, 1000);
    refused_at_each_index(UV_EIO, 1000);
    refused_at_each_index(UV_EINVAL, 1000);
}

/* All datagrams to a port whose interface is full fail with ENOBUFS. */
static uint32_t full_modulus; /* of their numbers */

static int refuse_multiples(uint32_t first, uint32_t count) {
    (void)count;
    return first % full_modulus == 0 && refusals_left-- > 0 ? UV_ENOBUFS : 0;
}

/* Every tenth datagram is for port 1000, the others for one of nine more. */
static void send_to_ten(dgram_socket *socket, int count) {
    for (int i = 0; i < count; i++) {
        dgram_address to = address_of("127.0.0.1", (uint16_t)(1000 + i % 10));

        traffic_send(socket, 20, &to);
    }
}

static int statuses_of(int status, bool of_port_1000) {
    int count = 0;

    for (int i = 0; i < traffic.count; i++)
        count += (i % 10 == 0) == of_port_1000 && traffic.status[i] == status;
    return count;
}

/* The datagrams to each port were sent in order. */
static void check_order_by_port(void) {
    int latest[10] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

    for (int i = 0; i < kernel.logged; i++) {
        int *of_port = &latest[kernel.log[i] % 10];

        assert_true((int)kernel.log[i] > *of_port);
        *of_port = (int)kernel.log[i];
    }
}

static void a_destination_without_buffers_delays_no_other(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    kernel.verdict = refuse_multiples;
    full_modulus = 10;
    refusals_left = 1000000;
    send_to_ten(socket, 1000);
    run_until(&traffic.calls, 900);
    assert_int_equal(statuses_of(20, false), 900);
    assert_int_equal(kernel.logged, 900);
    assert_int_equal(dgram_get_send_queue_count(socket), 100);
    assert_int_equal(dgram_get_send_queue_size(socket), 100 * 20);
    /* After the others; later datagrams stay later. */
    send_to_ten(socket, 10);
    refusals_left = 0;
    run_until(&traffic.calls, traffic.count);
    assert_int_equal(kernel.logged, traffic.count);
    check_order_by_port();
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    dgram_close(socket);
}

/* All within one second, not each after its own. */
static void without_buffers_for_long_datagrams_fail(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    kernel.verdict = refuse_multiples;
    full_modulus = 10;
    refusals_left = 1000000;
    send_to_ten(socket, 1000);
    run_until(&traffic.calls, 1000);
    assert_int_equal(statuses_of(UV_ENOBUFS, true), 100);
    assert_int_equal(statuses_of(20, false), 900);
    assert_in_range(kernel.sends, 100, 2000);
    dgram_close(socket);
}

static void all_destinations_without_buffers_wait(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    kernel.verdict = refuse_multiples;
    full_modulus = 1;
    refusals_left = 100;
    send_to_ten(socket, 1000);
    run_until(&traffic.calls, 1000);
    assert_int_equal(kernel.logged, 1000);
    check_order_by_port();
    dgram_close(socket);
}

/* Each to a port of its own. */
static void send_to_many(dgram_socket *socket, int count) {
    for (int i = 0; i < count; i++) {
        dgram_address to = address_of("127.0.0.1", (uint16_t)(1 + i));

        traffic_send(socket, 20, &to);
    }
}

static void many_destinations_without_buffers_wait_as_one(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    kernel.verdict = refuse_multiples;
    full_modulus = 1;
    refusals_left = 1000000;
    send_to_many(socket, 3000);
    run_for(5);
    assert_int_equal(dgram_get_send_queue_count(socket), 3000);
    refusals_left = 0;
    run_until(&traffic.calls, 3000);
    assert_int_equal(kernel.logged, 3000);
    dgram_close(socket);
}

static void many_destinations_without_buffers_delay_no_other(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    kernel.verdict = refuse_multiples;
    full_modulus = 2;
    refusals_left = 1000000;
    send_to_many(socket, 6000);
    run_until(&traffic.calls, 3000);
    for (int i = 0; i < 6000; i++)
        assert_int_equal(traffic.status[i], i % 2 == 0 ? 0 : 20);
    run_until(&traffic.calls, 6000);
    for (int i = 0; i < 6000; i += 2)
        assert_int_equal(traffic.status[i], UV_ENOBUFS);
    assert_int_equal(kernel.logged, 3000);
    dgram_close(socket);
}

/* The socket is real, and thus writable, whatever the script returns. */
static void eagain_of_a_writable_socket_is_a_failure(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    kernel.verdict = refuse_some;
    refused_at = 30;
    refusal = UV_EAGAIN;
    refusals_left = 1000000;
    send_spread(socket);
    traffic_check();
    for (int i = 0; i < MESSAGES; i++)
        assert_int_equal(traffic.status[i], i == 30 ? UV_EAGAIN : 20);
    assert_in_range(kernel.sends, 3, 100);
    dgram_close(socket);
}

static void a_gso_message_that_starves_is_sent_one_by_one(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address to = address_of("127.0.0.1", 9);

    (void)state;
    kernel.verdict = refuse_gso_messages;
    refusal = UV_EAGAIN;
    for (int i = 0; i < 200; i++)
        traffic_send(socket, 100, &to);
    traffic_check();
    assert_int_equal(kernel.logged, 200);
    dgram_close(socket);
}

static int again_count;

static void on_failed(dgram_socket *socket, int status, void *data) {
    (void)socket;
    (void)data;
    assert_int_equal(status, UV_EAGAIN);
    again_count++;
}

/* As after a disconnect when no port is free. */
static void each_of_many_fails_without_a_long_wait(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address to = address_of("127.0.0.1", 9);

    (void)state;
    kernel.verdict = refuse_all;
    for (int i = 0; i < 200; i++)
        assert_int_equal(dgram_send(socket, "data", 4, &to, on_failed, NULL),
                         0);
    run_until(&again_count, 200);
    assert_in_range(kernel.sends, 200, 1500);
    dgram_close(socket);
}

static void a_blocked_queue_is_cancelled_by_close(void) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_socket *other = new_bound(DGRAM_UDP4); /* the loop goes on */

    kernel.logged = 0;
    memset(&traffic, 0, sizeof traffic);
    kernel.verdict = refuse_some;
    refused_at = 30;
    refusal = UV_EAGAIN;
    refusals_left = 1000000;
    send_spread(socket);
    assert_int_equal(dgram_flush(socket), MESSAGES - 30);
    assert_int_equal(dgram_get_send_queue_count(socket), MESSAGES - 30);
    assert_int_equal(dgram_get_send_queue_size(socket), 20 * (MESSAGES - 30));
    dgram_close(socket);
    traffic_check();
    for (int i = 0; i < MESSAGES; i++)
        assert_int_equal(traffic.status[i], i < 30 ? 20 : UV_ECANCELED);
    run_for(10);
    dgram_close(other);
    run_to_end();
}

static void close_cancels_after_eagain(void **state) {
    (void)state;
    a_blocked_queue_is_cancelled_by_close();
}

/* One to port 1000 waits for buffers, and others behind it. */
static void close_cancels_after_enobufs(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    kernel.verdict = refuse_multiples;
    full_modulus = 10;
    refusals_left = 1000000;
    send_to_ten(socket, 100);
    assert_int_equal(dgram_flush(socket), 10);
    dgram_close(socket);
    run_until(&traffic.calls, 100);
    assert_int_equal(statuses_of(UV_ECANCELED, true), 10);
    assert_int_equal(statuses_of(20, false), 90);
    run_to_end();
}

/* What the kernel takes now is sent, in order. */
static void flush_and_close_try_once_more(void **state) {
    (void)state;
    for (int close = 0; close < 2; close++) {
        dgram_socket *socket = new_bound(DGRAM_UDP4);

        memset(&traffic, 0, sizeof traffic);
        kernel.logged = 0;
        kernel.verdict = refuse_multiples;
        full_modulus = 10;
        refusals_left = 1000000;
        send_to_ten(socket, 100);
        assert_int_equal(dgram_flush(socket), 10);
        refusals_left = 0;
        if (!close)
            assert_int_equal(dgram_flush(socket), 0);
        dgram_close(socket);
        run_until(&traffic.calls, 100);
        assert_int_equal(kernel.logged, 100);
        check_order_by_port();
        run_to_end();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(the_next_call_begins_behind_what_was_taken),
        IN_KERNEL(eagain_at_each_index),
        IN_KERNEL(a_refusal_fails_only_its_datagram),
        IN_KERNEL(a_destination_without_buffers_delays_no_other),
        IN_KERNEL(without_buffers_for_long_datagrams_fail),
        IN_KERNEL(all_destinations_without_buffers_wait),
        IN_KERNEL(many_destinations_without_buffers_wait_as_one),
        IN_KERNEL(many_destinations_without_buffers_delay_no_other),
        IN_KERNEL(eagain_of_a_writable_socket_is_a_failure),
        IN_KERNEL(a_gso_message_that_starves_is_sent_one_by_one),
        IN_KERNEL(each_of_many_fails_without_a_long_wait),
        IN_KERNEL(close_cancels_after_eagain),
        IN_KERNEL(close_cancels_after_enobufs),
        IN_KERNEL(flush_and_close_try_once_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
