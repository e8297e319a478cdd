/* A group joined on the loopback interface is heard there, until it is
   dropped. */
#include "peer.h"

#include <net/if.h>

struct where {
    const char *group;
    const char *interface; /* as dgram.h wants it */
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

/* Says something to the group; returns the status. */
static int say(dgram_socket *socket, const char *text, struct where where,
               uint16_t port) {
    dgram_address group = address_of(where.group, port);
    struct sent sent = {0};

    assert_int_equal(
        dgram_send(socket, text, strlen(text), &group, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    return sent.status;
}

/* Whether the system has a way for multicast by loopback, asked without the
   library; udp6 needs a route. */
static bool has_way(dgram_type type, struct where where) {
    dgram_address group = address_of(where.group, 9);
    struct in_addr four = {htonl(INADDR_LOOPBACK)};
    unsigned six = if_nametoindex("lo");
    int probe = peer_open(type);
    bool sent;

    if (type == DGRAM_UDP6)
        setsockopt(probe, IPPROTO_IPV6, IPV6_MULTICAST_IF, &six, sizeof six);
    else
        setsockopt(probe, IPPROTO_IP, IP_MULTICAST_IF, &four, sizeof four);
    sent = sendto(probe, "?", 1, 0, &group.any,
                  type == DGRAM_UDP6 ? sizeof group.v6 : sizeof group.v4) == 1;
    peer_close(probe);
    return sent;
}

static dgram_socket *new_sender(dgram_type type, struct where where) {
    dgram_socket *sender = bound_to_all(type);

    assert_int_equal(dgram_set_multicast_interface(sender, where.interface), 0);
    assert_int_equal(dgram_set_multicast_ttl(sender, 1), 0);
    assert_int_equal(dgram_set_multicast_loopback(sender, true), 0);
    return sender;
}

static void joined_heard_and_dropped(dgram_type type) {
    struct where where = where_of(type);
    dgram_socket *sender, *socket, *other;
    dgram_address direct;
    struct ear ear, deaf;

    if (!has_way(type, where))
        skip();
    sender = new_sender(type, where);
    socket = bound_to_all(type);
    other = new_socket(type);
    assert_int_equal(dgram_add_membership(socket, where.group, where.interface),
                     0);
    listen_with(&ear, socket);
    listen_with(&deaf, other);
    assert_int_equal(dgram_bind_sync(other, loopback(type), 0), 0);
    assert_int_equal(say(sender, "hello", where, port_of(socket)), 5);
    run_until(&ear.messages, 1);
    assert_string_equal(ear.message[0].payload, "hello");

    assert_int_equal(
        dgram_drop_membership(socket, where.group, where.interface), 0);
    say(sender, "nobody", where, port_of(socket));
    direct = loopback_of(socket);
    assert_int_equal(dgram_send(sender, "direct", 6, &direct, NULL, NULL), 0);
    run_until(&ear.messages, 2);
    assert_string_equal(ear.message[1].payload, "direct");
    assert_int_equal(deaf.messages, 0);
    dgram_close(sender);
    dgram_close(socket);
    dgram_close(other);
    run_to_end();
}
BOTH(joined_heard_and_dropped)

static void both_of_two_members_hear(dgram_type type) {
    struct where where = where_of(type);
    dgram_socket *sender, *first, *second;
    dgram_options options = {
        .size = sizeof options, .type = type, .reuse_address = true};
    struct ear ears[2];

    if (!has_way(type, where))
        skip();
    sender = new_sender(type, where);
    first = bound_to_all(type);
    second = new_socket_with(&options);
    assert_int_equal(dgram_bind_sync(second, NULL, port_of(first)), 0);
    listen_with(&ears[0], first);
    listen_with(&ears[1], second);
    assert_int_equal(dgram_add_membership(first, where.group, where.interface),
                     0);
    assert_int_equal(dgram_add_membership(second, where.group, where.interface),
                     0);
    say(sender, "both", where, port_of(first));
    run_until(&ears[0].messages, 1);
    run_until(&ears[1].messages, 1);
    dgram_close(sender);
    dgram_close(first);
    dgram_close(second);
    run_to_end();
}
BOTH(both_of_two_members_hear)

/* Only 127.0.0.2 is a source that is listened to. */
static void only_the_source_is_heard(void **state) {
    struct where where = {"232.77.77.77", "127.0.0.1"};
    dgram_socket *socket, *good, *bad;
    struct ear ear;

    (void)state;
    good = new_socket(DGRAM_UDP4);
    bad = new_socket(DGRAM_UDP4);
    assert_int_equal(dgram_bind_sync(good, "127.0.0.2", 0), 0);
    assert_int_equal(dgram_bind_sync(bad, "127.0.0.3", 0), 0);
    assert_int_equal(dgram_set_multicast_interface(good, "127.0.0.1"), 0);
    assert_int_equal(dgram_set_multicast_interface(bad, "127.0.0.1"), 0);
    socket = bound_to_all(DGRAM_UDP4);
    listen_with(&ear, socket);
    assert_int_equal(dgram_add_source_specific_membership(
                         socket, "127.0.0.2", where.group, where.interface),
                     0);
    for (int i = 1; i <= 5; i++) {
        assert_int_equal(say(bad, "no", where, port_of(socket)), 2);
        assert_int_equal(say(good, "yes", where, port_of(socket)), 3);
        run_until(&ear.messages, i);
        assert_string_equal(ear.message[i - 1].payload, "yes");
    }
    assert_int_equal(dgram_drop_source_specific_membership(
                         socket, "127.0.0.2", where.group, where.interface),
                     0);
    say(good, "late", where, port_of(socket));
    run_for(10);
    assert_int_equal(ear.messages, 5);
    dgram_close(socket);
    dgram_close(good);
    dgram_close(bad);
    run_to_end();
}

static void an_unbound_socket_is_bound_first(dgram_type type) {
    struct where where = where_of(type);
    dgram_socket *sender, *socket;
    struct ear ear;

    if (!has_way(type, where))
        skip();
    sender = new_sender(type, where);
    socket = new_socket(type);
    listen_with(&ear, socket);
    assert_int_equal(dgram_add_membership(socket, where.group, where.interface),
                     0);
    assert_int_not_equal(port_of(socket), 0);
    assert_int_equal(ear.listening, 0);
    say(sender, "hello", where, port_of(socket));
    run_until(&ear.messages, 1);
    assert_string_equal(ear.log, "lm");
    assert_int_equal(dgram_bind(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_ALREADY_BOUND);
    dgram_close(sender);
    dgram_close(socket);
    run_to_end();
}
BOTH(an_unbound_socket_is_bound_first)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(joined_heard_and_dropped),
        IN_LOOP_BOTH(both_of_two_members_hear),
        IN_LOOP(only_the_source_is_heard),
        IN_LOOP_BOTH(an_unbound_socket_is_bound_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
