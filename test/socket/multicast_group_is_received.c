/* A group that is joined on the loopback interface is received until it is
   dropped. */
#include "peer.h"

#include <net/if.h>
#include <poll.h>

struct where {
    const char *group;
    const char *interface; /* as dgram.h requires */
};

static struct where where_of(dgram_type type) {
    return type == DGRAM_UDP6 ? (struct where){"ff11::dead:beef", "::%lo"}
                              : (struct where){"239.255.77.77", "127.0.0.1"};
}

static dgram_socket *bound_to_all(dgram_type type) {
    dgram_options options = {
        .size = sizeof options, .type = type, .reuse_address = true};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, NULL, 0), 0);
    return socket;
}

/* Sends to the group; returns the status. */
static int say(dgram_socket *socket, const char *text, struct where where,
               uint16_t port) {
    dgram_address group = address_of(where.group, port);
    struct sent sent = {0};

    assert_int_equal(
        dgram_send(socket, text, strlen(text), &group, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    return sent.status;
}

static void join(int peer, const dgram_address *group) {
    struct ip_mreq four = {.imr_multiaddr = group->v4.sin_addr,
                           .imr_interface.s_addr = htonl(INADDR_LOOPBACK)};
    struct ipv6_mreq six = {group->v6.sin6_addr, if_nametoindex("lo")};

    if (group->any.sa_family == AF_INET6) {
        setsockopt(peer, IPPROTO_IPV6, IPV6_MULTICAST_IF, &six.ipv6mr_interface,
                   sizeof six.ipv6mr_interface);
        setsockopt(peer, IPPROTO_IPV6, IPV6_JOIN_GROUP, &six, sizeof six);
    } else {
        setsockopt(peer, IPPROTO_IP, IP_MULTICAST_IF, &four.imr_interface,
                   sizeof four.imr_interface);
        setsockopt(peer, IPPROTO_IP, IP_ADD_MEMBERSHIP, &four, sizeof four);
    }
}

/* Whether the system delivers multicast on loopback, tested without the
   library: some do not for udp6. */
static bool has_way(dgram_type type, struct where where) {
    socklen_t length = type == DGRAM_UDP6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in);
    dgram_address any = address_of(type == DGRAM_UDP6 ? "::" : "0.0.0.0", 0);
    struct pollfd probe = {.events = POLLIN};
    dgram_address group = address_of(where.group, 9);
    bool received;

    probe.fd = socket(group.any.sa_family, SOCK_DGRAM, 0);
    assert_int_equal(bind(probe.fd, &any.any, length), 0);
    any = peer_address(probe.fd);
    group = address_of(where.group, dgram_address_port(&any));
    join(probe.fd, &group);
    received = sendto(probe.fd, "?", 1, 0, &group.any, length) == 1 &&
               poll(&probe, 1, 500) == 1;
    peer_close(probe.fd);
    return received;
}

static dgram_socket *new_sender(dgram_type type, struct where where) {
    dgram_socket *sender = bound_to_all(type);

    assert_int_equal(dgram_set_multicast_interface(sender, where.interface), 0);
    assert_int_equal(dgram_set_multicast_ttl(sender, 1), 0);
    assert_int_equal(dgram_set_multicast_loopback(sender, true), 0);
    return sender;
}

static void joined_received_and_dropped(dgram_type type) {
    struct where where = where_of(type);
    dgram_socket *sender, *socket, *other;
    dgram_address direct;
    struct recorder recorder, deaf;

    if (!has_way(type, where))
        skip();
    sender = new_sender(type, where);
    socket = bound_to_all(type);
    other = new_socket(type);
    assert_int_equal(dgram_add_membership(socket, where.group, where.interface),
                     0);
    record_events(&recorder, socket);
    record_events(&deaf, other);
    assert_int_equal(dgram_bind_sync(other, loopback(type), 0), 0);
    assert_int_equal(say(sender, "hello", where, port_of(socket)), 5);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "hello");

    assert_int_equal(
        dgram_drop_membership(socket, where.group, where.interface), 0);
    say(sender, "nobody", where, port_of(socket));
    direct = loopback_of(socket);
    assert_int_equal(dgram_send(sender, "direct", 6, &direct, NULL, NULL), 0);
    run_until(&recorder.messages, 2);
    assert_string_equal(recorder.message[1].payload, "direct");
    assert_int_equal(deaf.messages, 0);
    dgram_close(sender);
    dgram_close(socket);
    dgram_close(other);
    run_to_end();
}
BOTH(joined_received_and_dropped)

static void two_members_receive_both(dgram_type type) {
    struct where where = where_of(type);
    dgram_socket *sender, *first, *second;
    dgram_options options = {
        .size = sizeof options, .type = type, .reuse_address = true};
    struct recorder recorders[2];

    if (!has_way(type, where))
        skip();
    sender = new_sender(type, where);
    first = bound_to_all(type);
    second = new_socket_with(&options);
    assert_int_equal(dgram_bind_sync(second, NULL, port_of(first)), 0);
    record_events(&recorders[0], first);
    record_events(&recorders[1], second);
    assert_int_equal(dgram_add_membership(first, where.group, where.interface),
                     0);
    assert_int_equal(dgram_add_membership(second, where.group, where.interface),
                     0);
    say(sender, "both", where, port_of(first));
    run_until(&recorders[0].messages, 1);
    run_until(&recorders[1].messages, 1);
    dgram_close(sender);
    dgram_close(first);
    dgram_close(second);
    run_to_end();
}
BOTH(two_members_receive_both)

static void an_unbound_socket_is_bound_first(dgram_type type) {
    struct where where = where_of(type);
    dgram_socket *sender, *socket;
    struct recorder recorder;

    if (!has_way(type, where))
        skip();
    sender = new_sender(type, where);
    socket = new_socket(type);
    record_events(&recorder, socket);
    assert_int_equal(dgram_add_membership(socket, where.group, where.interface),
                     0);
    assert_int_not_equal(port_of(socket), 0);
    assert_int_equal(recorder.listening, 0);
    say(sender, "hello", where, port_of(socket));
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.log, "lm");
    assert_int_equal(dgram_bind(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_ALREADY_BOUND);
    dgram_close(sender);
    dgram_close(socket);
    run_to_end();
}
BOTH(an_unbound_socket_is_bound_first)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(joined_received_and_dropped),
        IN_LOOP_BOTH(two_members_receive_both),
        IN_LOOP_BOTH(an_unbound_socket_is_bound_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
