/* The kernel reports an ICMP error to a connected socket once. The library
   reports it for one datagram, as if each had been sent alone. */
#include "kernel.h"
#include "peer.h"

#define MESSAGES 70   /* more than one call carries */
#define WARY 50000000 /* nanoseconds after the first one to a peer */

/* Each is longer than the one before it: a message each. */
static void send_some(dgram_socket *socket) {
    for (size_t i = 0; i < MESSAGES; i++)
        traffic_send(socket, 20 + i, NULL);
}

static dgram_socket *new_connected(void) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    kernel.messages_max = 0;
    kernel.verdict = NULL;
    assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 9), 0);
    return socket;
}

static void check_reported(dgram_socket *socket, int reported) {
    int refused = 0;

    traffic_check();
    for (int i = 0; i < traffic.count; i++)
        refused += traffic.status[i] == UV_ECONNREFUSED;
    assert_int_equal(refused, reported);
    dgram_close(socket);
    run_to_end();
}

/* As on loopback: a send causes an error of the next one. */
static int met;

static int refuse_every_other(uint32_t first, uint32_t count) {
    static int waiting;
    int result = waiting ? UV_ECONNREFUSED : 0;

    (void)count;
    waiting = first == MESSAGES - 1 ? 0 : !waiting;
    met += result < 0;
    return result;
}

static void each_error_is_reported(void **state) {
    dgram_socket *socket = new_connected();

    (void)state;
    met = 0;
    kernel.verdict = refuse_every_other;
    send_some(socket);
    traffic_check();
    assert_int_equal(met, MESSAGES / 2);
    check_reported(socket, met);
}

static uint32_t refused;
static int left;

static int refuse_once(uint32_t first, uint32_t count) {
    (void)count;
    if (first != refused || left == 0)
        return 0;
    left--;
    return UV_ECONNREFUSED;
}

/* One of the next datagrams meets an error, once. */
static void send_some_of_which_fails(dgram_socket *socket, uint32_t index) {
    refused = (uint32_t)traffic.count + index;
    left = 1;
    kernel.verdict = refuse_once;
    send_some(socket);
    traffic_check();
    assert_int_equal(left, 0);
}

/* Sends until no error of the peer is expected, which takes a moment. Then one
   call takes many messages. The moment may end during one round. */
static void send_until_trusted(dgram_socket *socket) {
    do {
        memset(&traffic, 0, sizeof traffic);
        kernel.logged = kernel.sends = 0;
        run_for(20);
        send_some(socket);
        traffic_check();
    } while (kernel.sends > 4);
}

static void a_peer_without_errors_gets_many_messages_a_call(void **state) {
    dgram_socket *socket = new_connected();
    uint64_t began = uv_hrtime();

    (void)state;
    send_some(socket);
    traffic_check();
    if (uv_hrtime() - began < WARY) /* else the rest rightly went in one call */
        assert_in_range(kernel.sends, 64, MESSAGES);
    send_until_trusted(socket);
    assert_in_range(kernel.sends, 2, 4);
    check_reported(socket, 0);
}

/* The first error after a long time is met within a call and lost. The library
   notices, and reports the next ones. */
static void an_error_means_one_message_a_call(void **state) {
    dgram_socket *socket = new_connected();

    (void)state;
    send_until_trusted(socket);
    send_some_of_which_fails(socket, 40);
    send_some_of_which_fails(socket, 40);
    check_reported(socket, 1);
}

/* An error of the first message is reported, and later ones are, too. */
static void so_does_an_error_of_a_send(void **state) {
    dgram_socket *socket = new_connected();

    (void)state;
    send_until_trusted(socket);
    send_some_of_which_fails(socket, 0);
    send_some_of_which_fails(socket, 40);
    check_reported(socket, 2);
}

static int fail_once(dgram_fd fd, struct platform_in *messages,
                     uint32_t count) {
    (void)fd;
    (void)count;
    kernel.receive = NULL;
    messages[0].error = UV_ECONNREFUSED;
    return 1;
}

static void so_does_an_error_of_a_receive(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    dgram_address there = peer_address(peer), here;
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    here = loopback_of(socket);
    assert_int_equal(
        dgram_connect_sync(socket, "127.0.0.1", dgram_address_port(&there)), 0);
    send_until_trusted(socket);
    kernel.receive = fail_once;
    peer_send_text(peer, "alive", &here);
    run_until(&recorder.messages, 1);
    assert_int_equal(recorder.errors, 1);
    send_some_of_which_fails(socket, 40);
    peer_close(peer);
    check_reported(socket, 1);
}

static void so_does_a_new_peer(void **state) {
    dgram_socket *socket = new_connected();

    (void)state;
    send_until_trusted(socket);
    assert_int_equal(dgram_disconnect(socket), 0);
    assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 10), 0);
    send_some_of_which_fails(socket, 2); /* a later one may come too late */
    check_reported(socket, 1);
}

static void so_does_the_peer_of_an_adopted_descriptor(void **state) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    dgram_address peer = address_of("127.0.0.1", 9);
    dgram_bind_options options = {.size = sizeof options, .fd = fd};
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    (void)state;
    kernel.opened++;
    assert_int_equal(connect(fd, &peer.any, sizeof peer.v4), 0);
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    send_some_of_which_fails(socket, 2);
    check_reported(socket, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_KERNEL(each_error_is_reported),
        IN_KERNEL(a_peer_without_errors_gets_many_messages_a_call),
        IN_KERNEL(an_error_means_one_message_a_call),
        IN_KERNEL(so_does_an_error_of_a_send),
        IN_KERNEL(so_does_an_error_of_a_receive),
        IN_KERNEL(so_does_a_new_peer),
        IN_KERNEL(so_does_the_peer_of_an_adopted_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
