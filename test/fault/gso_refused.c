/* If the kernel refuses a GSO message, its datagrams are sent one by one, and
   the refusal is remembered. */
#include "kernel.h"

static int code;               /* of refused GSO messages */
static uint32_t passing_until; /* messages that begin before this number pass */
static int refused;            /* how often */

static int refuse_gso_messages(uint32_t first, uint32_t count) {
    if (count == 1 || first < passing_until)
        return 0;
    refused++;
    return code;
}

static void send_equal(dgram_socket *socket, int count, size_t size,
                       uint16_t port) {
    dgram_address to = address_of("127.0.0.1", port);

    for (int i = 0; i < count; i++)
        traffic_send(socket, size, &to);
}

static void check_all_sent(void) {
    traffic_check();
    assert_int_equal(kernel.logged, traffic.count);
}

static void begin(int refusal, uint32_t until) {
    kernel.verdict = refuse_gso_messages;
    kernel.logged = 0;
    kernel.messages = 0;
    memset(&traffic, 0, sizeof traffic);
    code = refusal;
    passing_until = until;
    refused = 0;
}

static void equal_datagrams_are_sent_as_gso_messages(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    send_equal(socket, 640, 100, 9);
    check_all_sent();
    /* One more than 640 / 64: the first chunk is small, and its end ends a
       message. */
    assert_int_equal(kernel.messages, 11);
    dgram_close(socket);
}

static uint32_t longest;      /* message that was accepted, in datagrams */
static uint32_t accepted_max; /* datagrams of a message */

static int refuse_long_messages(uint32_t first, uint32_t count) {
    (void)first;
    if (count > accepted_max) {
        refused++;
        return UV_EINVAL;
    }
    longest = count > longest ? count : longest;
    return 0;
}

static void send_to_kernel_that_accepts(uint32_t max) {
    dgram_socket *socket;

    kernel.segments_max = 128;
    socket = new_bound(DGRAM_UDP4);
    begin(0, 0);
    kernel.verdict = refuse_long_messages;
    accepted_max = max;
    longest = 0;
    send_equal(socket, 640, 100, 9);
    check_all_sent();
    dgram_close(socket);
}

static void a_new_kernel_gets_longer_messages(void **state) {
    (void)state;
    send_to_kernel_that_accepts(128);
    assert_int_equal(refused, 0);
    assert_int_equal(longest, 128);
}

static void messages_get_shorter_if_the_kernel_accepts_fewer(void **state) {
    (void)state;
    send_to_kernel_that_accepts(64);
    assert_int_equal(refused, 1);
    assert_int_equal(longest, 64);
    assert_in_range(kernel.messages, 10, 12);
}

static void each_datagram_is_sent_once(void **state) {
    static const int codes[] = {
        UV_EIO,         UV_EINVAL,       UV_EMSGSIZE,    UV_EPERM,  UV_ENOMEM,
        UV_ENOSYS,      UV_ENOTSUP,      UV_ENOPROTOOPT, UV_EACCES, -524,
        UV_ENETUNREACH, UV_ECONNREFUSED, UV_EPIPE,       UV_ENOBUFS};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        dgram_socket *socket = new_bound(DGRAM_UDP4);

        begin(codes[i], 0);
        send_equal(socket, 200, 1400, 9);
        check_all_sent();
        assert_int_equal(refused, 1);
        assert_int_equal(kernel.messages, 200);
        dgram_close(socket);
        run_to_end();
    }
}

static void switched_off_half_way(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    begin(UV_EIO, 100);
    send_equal(socket, 256, 500, 9);
    check_all_sent();
    /* Inside a batch the kernel only takes fewer messages; the next call
       returns the reason. */
    assert_in_range(refused, 1, 2);
    dgram_close(socket);
}

static void a_size_is_remembered_and_shorter_ones_use_gso(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    begin(UV_EMSGSIZE, 0);
    send_equal(socket, 64, 1400, 9);
    check_all_sent();
    passing_until = UINT32_MAX;
    kernel.messages = 0;
    send_equal(socket, 64, 1400, 9);
    check_all_sent();
    assert_int_equal(kernel.messages, 64);
    kernel.messages = 0;
    send_equal(socket, 40, 1200, 9);
    check_all_sent();
    assert_in_range(kernel.messages, 1, 2);
    dgram_close(socket);
}

static void a_device_without_offload_gets_no_more_gso(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    begin(UV_EIO, 0);
    send_equal(socket, 64, 1400, 9);
    send_equal(socket, 64, 8, 10);
    check_all_sent();
    assert_int_equal(refused, 1);
    assert_int_equal(kernel.messages, 128);
    dgram_close(socket);
}

static void connect_to_nine(dgram_socket *socket) {
    assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 9), 0);
    run_for(60); /* until one call takes many messages again */
}

static void send_to_peer(dgram_socket *socket, int count) {
    for (int i = 0; i < count; i++)
        traffic_send(socket, 100, NULL);
}

/* Other codes are no pending error of the peer. */
static void connected_sockets_too(void **state) {
    static const int codes[] = {UV_EPERM,       UV_EACCES, UV_ENOTSUP,
                                UV_ENOPROTOOPT, UV_EINVAL, UV_ENOMEM};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        dgram_socket *socket = new_bound(DGRAM_UDP4);

        connect_to_nine(socket);
        begin(codes[i], 0);
        send_to_peer(socket, 200);
        check_all_sent();
        dgram_close(socket);
        run_to_end();
    }
}

static int refusals_left;

static int refuse_once(uint32_t first, uint32_t count) {
    (void)first;
    (void)count;
    return refusals_left-- > 0 ? UV_ECONNREFUSED : 0;
}

static void a_pending_error_is_reported_for_the_first_datagram(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    connect_to_nine(socket);
    begin(0, 0);
    kernel.verdict = refuse_once;
    refusals_left = 1;
    send_to_peer(socket, 64);
    traffic_check();
    assert_int_equal(traffic.status[0], UV_ECONNREFUSED);
    assert_int_equal(kernel.logged, 63);
    dgram_close(socket);
}

/* A pending error is reported once. The same code again is about the
   message. */
static void an_error_that_stays_is_no_pending_error(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    connect_to_nine(socket);
    begin(UV_EHOSTUNREACH, 0);
    send_to_peer(socket, 64);
    traffic_check();
    assert_int_equal(traffic.status[0], UV_EHOSTUNREACH);
    assert_in_range(kernel.logged, 60, 63);
    dgram_close(socket);
}

static void other_sockets_keep_gso(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_socket *other = new_bound(DGRAM_UDP4);

    (void)state;
    begin(UV_EIO, 0);
    send_equal(socket, 10, 100, 9);
    check_all_sent();
    passing_until = UINT32_MAX;
    kernel.messages = 0;
    send_equal(other, 64, 100, 9);
    check_all_sent();
    assert_in_range(kernel.messages, 1, 2);
    dgram_close(socket);
    dgram_close(other);
}

/* As after SO_NO_CHECK: the platform reports it. */
static void a_descriptor_without_gso_is_not_asked_again(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    begin(UV_EINVAL, 0);
    kernel.segments_max_later = 1;
    send_equal(socket, 64, 1400, 9);
    send_equal(socket, 64, 100, 10);
    for (uint16_t port = 1; port <= 20; port++)
        send_equal(socket, 20, 1200 - port, port);
    check_all_sent();
    assert_int_equal(refused, 1);
    dgram_close(socket);
}

static void other_hosts_keep_gso(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_address to = address_of("127.0.0.2", 9);

    (void)state;
    begin(UV_EIO, 0);
    send_equal(socket, 2, 100, 9);
    check_all_sent();
    passing_until = UINT32_MAX;
    kernel.messages = 0;
    for (int i = 0; i < 64; i++)
        traffic_send(socket, 100, &to);
    check_all_sent();
    assert_in_range(kernel.messages, 1, 2);
    dgram_close(socket);
}

static int refuse_number_five(uint32_t first, uint32_t count) {
    if (count > 1)
        return UV_EMSGSIZE;
    return first == 5 ? UV_EMSGSIZE : 0;
}

static void one_by_one_each_has_its_status(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    begin(0, 0);
    kernel.verdict = refuse_number_five;
    send_equal(socket, 10, 1000, 9);
    traffic_check();
    for (int i = 0; i < 10; i++)
        assert_int_equal(traffic.status[i], i == 5 ? UV_EMSGSIZE : 1000);
    dgram_close(socket);
}

static int refuse_all(uint32_t first, uint32_t count) {
    (void)first;
    (void)count;
    return UV_EINVAL;
}

/* As on an unreachable route. When there is a route again, GSO is used. */
static void single_refusals_are_not_remembered(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    begin(0, 0);
    kernel.verdict = refuse_all;
    send_equal(socket, 64, 1000, 9);
    traffic_check();
    assert_int_equal(traffic.status[63], UV_EINVAL);
    kernel.verdict = NULL;
    kernel.messages = 0;
    send_equal(socket, 40, 1000, 9);
    traffic_check();
    assert_int_equal(kernel.logged, 40);
    assert_in_range(kernel.messages, 1, 2);
    dgram_close(socket);
}

static void a_platform_without_gso_sends_one_by_one(void **state) {
    dgram_socket *socket;

    (void)state;
    kernel.segments_max = 1;
    socket = new_bound(DGRAM_UDP4);
    send_equal(socket, 100, 64, 9);
    check_all_sent();
    assert_int_equal(kernel.messages, 100);
    dgram_close(socket);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(equal_datagrams_are_sent_as_gso_messages),
        IN_KERNEL(a_new_kernel_gets_longer_messages),
        IN_KERNEL(messages_get_shorter_if_the_kernel_accepts_fewer),
        IN_KERNEL(each_datagram_is_sent_once),
        IN_KERNEL(switched_off_half_way),
        IN_KERNEL(a_size_is_remembered_and_shorter_ones_use_gso),
        IN_KERNEL(a_device_without_offload_gets_no_more_gso),
        IN_KERNEL(connected_sockets_too),
        IN_KERNEL(a_pending_error_is_reported_for_the_first_datagram),
        IN_KERNEL(an_error_that_stays_is_no_pending_error),
        IN_KERNEL(other_sockets_keep_gso),
        IN_KERNEL(a_descriptor_without_gso_is_not_asked_again),
        IN_KERNEL(other_hosts_keep_gso),
        IN_KERNEL(one_by_one_each_has_its_status),
        IN_KERNEL(single_refusals_are_not_remembered),
        IN_KERNEL(a_platform_without_gso_sends_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
