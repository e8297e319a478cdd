/* The messages of a socket with the option receive_info say what was asked for,
   however the socket got its descriptor. */
#include "info.h"

#include <unistd.h>

#define TOS DGRAM_TOS(10, DGRAM_ECN_CE)
#define TTL 77
#define COUNT 40

/* Copies of what messages pointed to. */
static struct {
    int calls, batched;
    bool known[COUNT];
    dgram_receive_info info[COUNT];
} seen;

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)socket;
    (void)data;
    assert_in_range(seen.calls, 0, COUNT - 1);
    seen.known[seen.calls] = message->info != NULL;
    if (message->info != NULL)
        seen.info[seen.calls] = *message->info;
    seen.calls++;
}

static void on_batch(dgram_socket *socket, const dgram_message *messages,
                     size_t count, void *data) {
    (void)socket;
    (void)data;
    for (size_t i = 0; i < count; i++)
        seen.batched += messages[i].info != NULL;
}

static const dgram_events events = {
    .size = sizeof events, .message = on_message, .batch = on_batch};

static dgram_socket *new_with_info(dgram_type type, dgram_listener *listener) {
    const dgram_options options = {
        .size = sizeof options, .type = type, .receive_info = DGRAM_INFO_ALL};
    dgram_socket *socket = new_socket_with(&options);

    memset(&seen, 0, sizeof seen);
    dgram_on(socket, listener, &events, NULL);
    return socket;
}

static int sender_of(dgram_type type) {
    int peer = peer_open(type);

    set_tos_and_ttl(peer, type, TOS, TTL);
    return peer;
}

static void expect_one(dgram_socket *socket, int peer, const dgram_address *to,
                       const dgram_address *local) {
    peer_send_text(peer, "x", to);
    run_until(&seen.calls, 1);
    assert_true(seen.known[0]);
    assert_int_equal(seen.batched, 1);
    expect_info(&seen.info[0], local, loopback_index(), TOS, TTL);
    assert_true(
        dgram_address_equal(&seen.info[0].reply_from, &seen.info[0].local));
    dgram_close(socket);
    peer_close(peer);
    run_to_end();
}

static void bound(dgram_type type) {
    dgram_listener listener;
    dgram_socket *socket = new_with_info(type, &listener);
    dgram_address to;

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    to = loopback_of(socket);
    expect_one(socket, sender_of(type), &to, &to);
}
BOTH(bound)

static void mapped(void **state) {
    dgram_address to, local = address_of("::ffff:127.0.0.1", 0);
    dgram_listener listener;
    dgram_socket *socket;

    (void)state;
    if (!has_ipv6())
        skip();
    socket = new_with_info(DGRAM_UDP6, &listener);
    assert_int_equal(dgram_bind_sync(socket, "::", 0), 0);
    to = address_of("127.0.0.1", port_of(socket));
    expect_one(socket, sender_of(DGRAM_UDP4), &to, &local);
}

static void adopted(dgram_type type) {
    dgram_listener listener;
    dgram_socket *socket = new_with_info(type, &listener);
    int fd = peer_open(type);
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};
    dgram_address to = peer_address(fd);

    assert_int_equal(dgram_bind_with(socket, &options), 0);
    expect_one(socket, sender_of(type), &to, &to);
}
BOTH(adopted)

/* Messages that are read before their turn keep their information. */
static void readahead(dgram_type type) {
    dgram_socket *sender = new_bound(type);
    dgram_outgoing out[COUNT];
    dgram_listener listener;
    dgram_socket *socket = new_with_info(type, &listener);
    dgram_address to;

    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    to = loopback_of(socket);
    set_tos_and_ttl(dgram_fileno(sender), type, TOS, TTL);
    for (int i = 0; i < COUNT; i++)
        out[i] = (dgram_outgoing){.payload = "x", .length = 1, .to = &to};
    assert_int_equal(dgram_send_batch(sender, out, COUNT, NULL, NULL), COUNT);
    dgram_close(sender);
    run_until(&seen.calls, 0);
    assert_int_equal(dgram_set_shared(socket, true), 0);
    run_until(&seen.calls, COUNT);
    for (int i = 0; i < COUNT; i++)
        expect_info(&seen.info[i], &to, loopback_index(), TOS, TTL);
    dgram_close(socket);
    run_to_end();
}
BOTH(readahead)

static void not_asked_for(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address to = loopback_of(socket);
    dgram_listener listener;
    int peer = peer_open(type);

    memset(&seen, 0, sizeof seen);
    dgram_on(socket, &listener, &events, NULL);
    peer_send_text(peer, "x", &to);
    run_until(&seen.calls, 1);
    assert_false(seen.known[0]);
    dgram_close(socket);
    peer_close(peer);
    run_to_end();
}
BOTH(not_asked_for)

static void unknown_information_is_refused(void **state) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP4, .receive_info = 1u << 31};
    dgram_socket *socket;

    (void)state;
    assert_int_equal(dgram_create_with(&test_loop, &options, &socket),
                     DGRAM_ERR_INVALID_ARG_VALUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(bound),         IN_LOOP(mapped),
        IN_LOOP_BOTH(adopted),       IN_LOOP_BOTH(readahead),
        IN_LOOP_BOTH(not_asked_for), IN_LOOP(unknown_information_is_refused),
    };

    if (!has_receive_info()) {
        printf("skipped: this system does not report all information\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
