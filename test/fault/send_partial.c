/* A system call that takes only some of its messages loses none. */
#include "kernel.h"

#define MESSAGES 70 /* more than one call carries */

/* No two datagrams in a row are of one destination: a message each. */
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

static void goes_on_behind_what_was_taken(void **state) {
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

static void waits_for_the_kernel_at_each_index(void **state) {
    (void)state;
    refused_at_each_index(UV_EAGAIN, 1);
    refused_at_each_index(UV_ENOBUFS, 3);
}

static void a_refusal_fails_only_its_datagram(void **state) {
    (void)state;
    refused_at_each_index(UV_ECONNREFUSED, 1000);
    refused_at_each_index(UV_EPERM, 1000);
    refused_at_each_index(UV_EMSGSIZE, 1000);
    refused_at_each_index(UV_EIO, 1000);
    refused_at_each_index(UV_EINVAL, 1000);
}

/* A socket may be writable all the while, so the loop must not wait for that.
 */
static void no_buffers_for_long_fail_one_datagram(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    kernel.verdict = refuse_some;
    refused_at = 30;
    refusal = UV_ENOBUFS;
    refusals_left = 1000000;
    send_spread(socket);
    traffic_check();
    for (int i = 0; i < MESSAGES; i++)
        assert_int_equal(traffic.status[i], i == 30 ? UV_ENOBUFS : 20);
    assert_in_range(kernel.sends, 50, 1000);
    dgram_close(socket);
    run_to_end();
}

/* The socket is real, and so writable, whatever the script says. */
static void a_writable_socket_that_takes_nothing_rests(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    kernel.verdict = refuse_some;
    refused_at = 0;
    refusal = UV_EAGAIN;
    refusals_left = 1000000;
    send_spread(socket);
    run_for(30);
    assert_in_range(kernel.sends, 2, 100);
    assert_int_equal(dgram_send_queue_count(socket), MESSAGES);
    refusals_left = 0;
    traffic_check();
    for (int i = 0; i < MESSAGES; i++)
        assert_int_equal(traffic.status[i], 20);
    dgram_close(socket);
    run_to_end();
}

static void a_blocked_queue_is_cancelled_by_close(int code) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_socket *other = new_bound(DGRAM_UDP4); /* the loop goes on */

    kernel.logged = 0;
    memset(&traffic, 0, sizeof traffic);
    kernel.verdict = refuse_some;
    refused_at = 30;
    refusal = code;
    refusals_left = 1000000;
    send_spread(socket);
    assert_int_equal(dgram_flush(socket), MESSAGES - 30);
    assert_int_equal(dgram_send_queue_count(socket), MESSAGES - 30);
    assert_int_equal(dgram_send_queue_size(socket), 20 * (MESSAGES - 30));
    run_for(5);
    assert_int_equal(dgram_send_queue_count(socket), MESSAGES - 30);
    dgram_close(socket);
    traffic_check();
    for (int i = 0; i < MESSAGES; i++)
        assert_int_equal(traffic.status[i], i < 30 ? 20 : UV_ECANCELED);
    run_for(10);
    dgram_close(other);
    run_to_end();
}

static void close_cancels_what_is_blocked(void **state) {
    (void)state;
    a_blocked_queue_is_cancelled_by_close(UV_EAGAIN);
    a_blocked_queue_is_cancelled_by_close(UV_ENOBUFS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(goes_on_behind_what_was_taken),
        IN_KERNEL(waits_for_the_kernel_at_each_index),
        IN_KERNEL(a_refusal_fails_only_its_datagram),
        IN_KERNEL(no_buffers_for_long_fail_one_datagram),
        IN_KERNEL(a_writable_socket_that_takes_nothing_rests),
        IN_KERNEL(close_cancels_what_is_blocked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
