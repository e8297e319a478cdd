/* A group is received over the wire while it is joined, on the interface that
   it is joined on. See netns.h for the hosts. */
#include "netns.h"

static void send_text(dgram_socket *socket, const char *text,
                      const dgram_address *to) {
    struct sent sent = {0};

    assert_int_equal(
        dgram_send(socket, text, strlen(text), to, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, strlen(text));
}

static void receives_while_joined(const struct side *side) {
    const char *any = side->type == DGRAM_UDP6 ? "::" : "0.0.0.0";
    dgram_socket *receiver = new_bound_on(NEAR, any);
    dgram_socket *sender = new_bound_on(FAR, side->far);
    dgram_address group = address_of(side->group, port_of(receiver));
    dgram_address direct = address_of(side->near, port_of(receiver));
    struct recorder recorder;

    record_events(&recorder, receiver);
    enter_host(FAR); /* the interfaces have their names there */
    assert_int_equal(dgram_set_multicast_interface(sender, side->far_interface),
                     0);
    enter_host(NEAR);
    send_text(sender, "early", &group);
    send_text(sender, "direct", &direct);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "direct");

    assert_int_equal(
        dgram_add_membership(receiver, side->group, side->near_interface), 0);
    assert_int_equal(
        dgram_add_membership(receiver, side->group, side->near_interface),
        UV_EADDRINUSE);
    send_text(sender, "joined", &group);
    run_until(&recorder.messages, 2);
    assert_string_equal(recorder.message[1].payload, "joined");

    assert_int_equal(
        dgram_drop_membership(receiver, side->group, side->near_interface), 0);
    assert_int_equal(
        dgram_drop_membership(receiver, side->group, side->near_interface),
        UV_EADDRNOTAVAIL);
    send_text(sender, "late", &group);
    send_text(sender, "direct", &direct);
    run_until(&recorder.messages, 3);
    assert_string_equal(recorder.message[2].payload, "direct");
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    receives_while_joined(&side_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    receives_while_joined(&side_v6);
}

/* Two sockets on one host, and one on the other: which ones receive a
   datagram? */
static void hop_limit_and_loopback(const struct side *side) {
    const char *any = side->type == DGRAM_UDP6 ? "::" : "0.0.0.0";
    dgram_socket *own = new_bound_on(FAR, any);
    dgram_options options = {.size = sizeof options, .type = side->type};
    dgram_socket *other = new_bound_on_with(NEAR, any, port_of(own), &options);
    dgram_socket *sender = new_bound_on(FAR, side->far);
    dgram_address group = address_of(side->group, port_of(own));
    struct recorder own_recorder, other_recorder;

    record_events(&own_recorder, own);
    record_events(&other_recorder, other);
    assert_int_equal(
        dgram_add_membership(other, side->group, side->near_interface), 0);
    enter_host(FAR);
    assert_int_equal(
        dgram_add_membership(own, side->group, side->far_interface), 0);
    assert_int_equal(dgram_set_multicast_interface(sender, side->far_interface),
                     0);
    enter_host(NEAR);

    send_text(sender, "both", &group);
    run_until(&own_recorder.messages, 1);
    run_until(&other_recorder.messages, 1);

    assert_int_equal(dgram_set_multicast_ttl(sender, 0), 0);
    send_text(sender, "own", &group);
    run_until(&own_recorder.messages, 2);

    assert_int_equal(dgram_set_multicast_ttl(sender, 1), 0);
    assert_int_equal(dgram_set_multicast_loopback(sender, false), 0);
    send_text(sender, "other", &group);
    run_until(&other_recorder.messages, 2);
    assert_string_equal(other_recorder.message[1].payload, "other");
    assert_int_equal(own_recorder.messages, 2);
    assert_string_equal(own_recorder.message[1].payload, "own");
    dgram_close(own);
    dgram_close(other);
    dgram_close(sender);
    run_to_end();
}

static void limits_over_ipv4(void **state) {
    (void)state;
    hop_limit_and_loopback(&side_v4);
}

static void limits_over_ipv6(void **state) {
    (void)state;
    hop_limit_and_loopback(&side_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(over_ipv4),
        IN_LOOP(over_ipv6),
        IN_LOOP(limits_over_ipv4),
        IN_LOOP(limits_over_ipv6),
    };

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
