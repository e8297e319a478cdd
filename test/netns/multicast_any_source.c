/* A group is heard over the wire while it is joined, on the interface that it
   is joined on. See netns.h for the hosts. */
#include "netns.h"

static void send_text(dgram_socket *socket, const char *text,
                      const dgram_address *to) {
    struct sent sent = {0};

    assert_int_equal(
        dgram_send(socket, text, strlen(text), to, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, strlen(text));
}

static void hears_while_joined(const struct side *side) {
    const char *any = side->type == DGRAM_UDP6 ? "::" : "0.0.0.0";
    dgram_socket *hearer = bound_on(NEAR, any);
    dgram_socket *speaker = bound_on(FAR, side->far);
    dgram_address group = address_of(side->group, port_of(hearer));
    dgram_address direct = address_of(side->near, port_of(hearer));
    struct ear ear;

    listen_with(&ear, hearer);
    stand_on(FAR); /* its interfaces have their names there */
    assert_int_equal(
        dgram_set_multicast_interface(speaker, side->far_interface), 0);
    stand_on(NEAR);
    send_text(speaker, "early", &group);
    send_text(speaker, "direct", &direct);
    run_until(&ear.messages, 1);
    assert_string_equal(ear.message[0].payload, "direct");

    assert_int_equal(
        dgram_add_membership(hearer, side->group, side->near_interface), 0);
    assert_int_equal(
        dgram_add_membership(hearer, side->group, side->near_interface),
        UV_EADDRINUSE);
    send_text(speaker, "joined", &group);
    run_until(&ear.messages, 2);
    assert_string_equal(ear.message[1].payload, "joined");

    assert_int_equal(
        dgram_drop_membership(hearer, side->group, side->near_interface), 0);
    assert_int_equal(
        dgram_drop_membership(hearer, side->group, side->near_interface),
        UV_EADDRNOTAVAIL);
    send_text(speaker, "late", &group);
    send_text(speaker, "direct", &direct);
    run_until(&ear.messages, 3);
    assert_string_equal(ear.message[2].payload, "direct");
    dgram_close(hearer);
    dgram_close(speaker);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    hears_while_joined(&side_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    hears_while_joined(&side_v6);
}

/* Two sockets of one host, and one on the other: who hears a datagram? */
static void hop_limit_and_loopback(const struct side *side) {
    const char *any = side->type == DGRAM_UDP6 ? "::" : "0.0.0.0";
    dgram_socket *own = bound_on(FAR, any);
    dgram_options options = {.size = sizeof options, .type = side->type};
    dgram_socket *other = bound_on_with(NEAR, any, port_of(own), &options);
    dgram_socket *speaker = bound_on(FAR, side->far);
    dgram_address group = address_of(side->group, port_of(own));
    struct ear own_ear, other_ear;

    listen_with(&own_ear, own);
    listen_with(&other_ear, other);
    assert_int_equal(
        dgram_add_membership(other, side->group, side->near_interface), 0);
    stand_on(FAR);
    assert_int_equal(
        dgram_add_membership(own, side->group, side->far_interface), 0);
    assert_int_equal(
        dgram_set_multicast_interface(speaker, side->far_interface), 0);
    stand_on(NEAR);

    send_text(speaker, "both", &group);
    run_until(&own_ear.messages, 1);
    run_until(&other_ear.messages, 1);

    assert_int_equal(dgram_set_multicast_ttl(speaker, 0), 0);
    send_text(speaker, "own", &group);
    run_until(&own_ear.messages, 2);

    assert_int_equal(dgram_set_multicast_ttl(speaker, 1), 0);
    assert_int_equal(dgram_set_multicast_loopback(speaker, false), 0);
    send_text(speaker, "other", &group);
    run_until(&other_ear.messages, 2);
    assert_string_equal(other_ear.message[1].payload, "other");
    assert_int_equal(own_ear.messages, 2);
    assert_string_equal(own_ear.message[1].payload, "own");
    dgram_close(own);
    dgram_close(other);
    dgram_close(speaker);
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

    hosts_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
