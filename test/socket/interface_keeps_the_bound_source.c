/* A datagram that is sent by an interface still leaves from the address that
   the socket is bound to. */
#include <net/if.h>

#include "peer.h"

static void send_by(dgram_socket *socket, const dgram_address *to) {
    const dgram_send_info info = {.set = DGRAM_INFO_INTERFACE,
                                  .interface_index = if_nametoindex("lo")};
    struct sent sent = {0};
    const dgram_outgoing message = {
        .payload = "x", .length = 1, .to = to, .info = &info, .data = &sent};

    assert_int_equal(dgram_send_batch(socket, &message, 1, NULL, note_sent), 1);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 1);
}

static void leaves_from(const char *bound, dgram_type type,
                        const char *expected) {
    dgram_socket *receiver = new_bound(DGRAM_UDP4);
    dgram_socket *sender = new_socket(type);
    dgram_address to =
        address_of(type == DGRAM_UDP4 ? "127.0.0.1" : "::ffff:127.0.0.1",
                   port_of(receiver));
    dgram_address from = address_of(expected, 0);
    struct recorder recorder;

    if (if_nametoindex("lo") == 0)
        skip();
    record_events(&recorder, receiver);
    assert_int_equal(dgram_bind_sync(sender, bound, 0), 0);
    send_by(sender, &to);
    run_until(&recorder.messages, 1);
    assert_int_equal(recorder.message[0].from.v4.sin_addr.s_addr,
                     from.v4.sin_addr.s_addr);
    dgram_close(sender);
    dgram_close(receiver);
    run_to_end();
}

static void a_bound_address_is_kept(void **state) {
    (void)state;
    leaves_from("127.0.0.5", DGRAM_UDP4, "127.0.0.5");
}

static void a_mapped_address_is_kept(void **state) {
    (void)state;
    leaves_from("::ffff:127.0.0.5", DGRAM_UDP6, "127.0.0.5");
}

static void the_wildcard_leaves_the_choice(void **state) {
    (void)state;
    leaves_from("0.0.0.0", DGRAM_UDP4, "127.0.0.1");
    leaves_from("::", DGRAM_UDP6, "127.0.0.1");
}

/* A socket that is bound to a group has no source address. */
static void a_group_is_no_source(void **state) {
    (void)state;
    leaves_from("239.7.7.7", DGRAM_UDP4, "127.0.0.1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_bound_address_is_kept),
        IN_LOOP(a_mapped_address_is_kept),
        IN_LOOP(the_wildcard_leaves_the_choice),
        IN_LOOP(a_group_is_no_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
