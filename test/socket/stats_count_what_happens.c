/* The counts of a socket are those of the datagrams that it sent and received,
   and of those that failed, were blocked or were truncated. */
#include "harness.h"

#define COUNT 100

static int received;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)message;
    (void)data;
    received++;
}

static const dgram_events events = {.size = sizeof events,
                                    .message = on_message};

static dgram_stats stats_of(dgram_socket *socket) {
    dgram_stats stats = {.size = sizeof stats};

    assert_int_equal(dgram_get_stats(socket, &stats), 0);
    assert_int_equal(stats.size, sizeof stats);
    return stats;
}

static dgram_socket *receiver_with(dgram_options *options, dgram_type type,
                                   dgram_listener *listener) {
    dgram_socket *socket;

    options->size = sizeof *options;
    options->type = type;
    socket = new_socket_with(options);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    dgram_on(socket, listener, &events, NULL);
    received = 0;
    return socket;
}

static void send_all(dgram_socket *sender, const dgram_address *to,
                     size_t length) {
    static const char zeros[100];
    struct sent sent = {0};

    for (int i = 0; i < COUNT; i++)
        assert_int_equal(
            dgram_send(sender, zeros, length, to, note_sent, &sent), 0);
    run_until(&sent.calls, COUNT);
}

static void traffic_of(dgram_type type, dgram_offload offload) {
    dgram_options options = {.offload = offload};
    dgram_socket *sender = new_bound(type);
    dgram_listener listener;
    dgram_socket *receiver = receiver_with(&options, type, &listener);
    dgram_address to = loopback_of(receiver);
    dgram_stats in, out;

    send_all(sender, &to, 30);
    run_until(&received, COUNT);
    out = stats_of(sender);
    in = stats_of(receiver);
    assert_int_equal(out.datagrams_sent, COUNT);
    assert_int_equal(out.bytes_sent, COUNT * 30);
    assert_true(out.send_calls >= 1 && out.send_calls <= COUNT);
    assert_int_equal(out.send_queue_peak, COUNT * 30);
    assert_int_equal(out.send_errors + out.blocked, 0);
    assert_int_equal(out.datagrams_received, 0);
    assert_int_equal(in.datagrams_received, COUNT);
    assert_int_equal(in.bytes_received, COUNT * 30);
    assert_true(in.receive_calls >= 1);
    assert_int_equal(in.receive_errors + in.truncated + in.blocked, 0);
    if (offload == DGRAM_OFFLOAD_OFF)
        assert_int_equal(in.gro_messages, 0);
    dgram_close(sender);
    dgram_close(receiver);
    run_to_end();
}

static void datagrams_and_bytes(void **state) {
    (void)state;
    traffic_of(DGRAM_UDP4, DGRAM_OFFLOAD_AUTO);
    traffic_of(DGRAM_UDP4, DGRAM_OFFLOAD_OFF);
    if (has_ipv6())
        traffic_of(DGRAM_UDP6, DGRAM_OFFLOAD_AUTO);
}

static void failures(void **state) {
    static const char large[66000];
    dgram_socket *sender = new_bound(DGRAM_UDP4);
    dgram_address to = loopback_of(sender);
    struct sent sent = {0};

    (void)state;
    dgram_send(sender, large, sizeof large, &to, note_sent, &sent);
    dgram_send(sender, large, 65520, &to, note_sent, &sent);
    run_until(&sent.calls, 2);
    assert_int_equal(sent.status, UV_EMSGSIZE);
    assert_int_equal(stats_of(sender).send_errors, 2);
    assert_int_equal(stats_of(sender).datagrams_sent, 0);
    dgram_close(sender);
    run_to_end();
}

static void blocked_and_truncated_datagrams(void **state) {
    dgram_blocklist *list;
    dgram_options options = {.message_size_max = 10};
    dgram_listener listener;
    dgram_socket *receiver, *sender;
    dgram_outgoing message = {.payload = "x", .length = 1};
    struct sent sent = {0};
    dgram_address to;
    int status;

    (void)state;
    assert_int_equal(dgram_blocklist_create(&list), 0);
    options.send_blocklist = options.receive_blocklist = list;
    receiver = receiver_with(&options, DGRAM_UDP4, &listener);
    sender = new_bound(DGRAM_UDP4);
    to = loopback_of(receiver);
    send_all(sender, &to, 30);
    run_until(&received, COUNT);
    assert_int_equal(stats_of(receiver).truncated, COUNT);
    dgram_blocklist_add_address(list, "127.0.0.1");
    send_all(sender, &to, 30);
    while (stats_of(receiver).datagrams_received < 2 * COUNT)
        uv_run(&test_loop, UV_RUN_ONCE);
    assert_int_equal(stats_of(receiver).blocked, COUNT);
    to = loopback_of(sender);
    dgram_send(receiver, "x", 1, &to, note_sent, &sent);
    run_until(&sent.calls, 1);
    message.to = &to;
    assert_int_equal(dgram_try_send_batch(receiver, &message, 1, &status), 1);
    assert_int_equal(status, DGRAM_ERR_IP_BLOCKED);
    assert_int_equal(stats_of(receiver).blocked, COUNT + 2);
    assert_int_equal(stats_of(receiver).send_errors, 0);
    assert_int_equal(received, COUNT);
    dgram_blocklist_release(list);
    dgram_close(sender);
    dgram_close(receiver);
    run_to_end();
}

static dgram_stats at_close;

static void on_close(dgram_socket *socket, void *data) {
    (void)data;
    at_close = stats_of(socket);
}

/* An unbound socket has counts, too, and a closed one keeps them. */
static void before_the_bind_and_after_the_close(void **state) {
    static const dgram_events closing = {.size = sizeof closing,
                                         .close = on_close};
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    dgram_listener listener;
    dgram_address to = address_of("127.0.0.1", 9);

    (void)state;
    dgram_on(socket, &listener, &closing, NULL);
    assert_int_equal(stats_of(socket).datagrams_sent, 0);
    assert_int_equal(stats_of(socket).receive_drops, 0);
    dgram_send(socket, "abc", 3, &to, NULL, NULL);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(at_close.datagrams_sent, 1);
    assert_int_equal(at_close.bytes_sent, 3);
}

static void a_struct_of_another_size(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_stats stats = {.size = offsetof(dgram_stats, bytes_received)};

    (void)state;
    memset((char *)&stats + stats.size, 0x55, sizeof stats - stats.size);
    assert_int_equal(dgram_get_stats(socket, &stats), 0);
    assert_int_equal(stats.datagrams_received, 0);
    assert_int_equal(stats.bytes_received, 0x5555555555555555);
    stats.size = 1;
    assert_int_equal(dgram_get_stats(socket, &stats),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(datagrams_and_bytes),
        IN_LOOP(failures),
        IN_LOOP(blocked_and_truncated_datagrams),
        IN_LOOP(before_the_bind_and_after_the_close),
        IN_LOOP(a_struct_of_another_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
