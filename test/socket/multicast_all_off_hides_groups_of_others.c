/* A socket that has turned "multicast all" off receives the groups that it has
   joined, and none that only another socket of the host has joined. */
#include "peer.h"

static const char *group_of(dgram_type type, int which) {
    static const char *const groups[2][2] = {{"239.255.77.80", "239.255.77.81"},
                                             {"ff11::7780", "ff11::7781"}};

    return groups[type == DGRAM_UDP6][which];
}

static dgram_socket *bound_to_all(dgram_type type, uint16_t port) {
    dgram_options options = {
        .size = sizeof options, .type = type, .reuse_address = true};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, NULL, port), 0);
    return socket;
}

/* Some systems have no route for multicast by the loopback interface. */
static bool has_way(dgram_socket *sender, const char *group) {
    dgram_address to = address_of(group, 9);
    struct sent sent = {0};

    assert_int_equal(dgram_send(sender, "?", 1, &to, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    return sent.status == 1;
}

static void close_all(dgram_socket *first, dgram_socket *second,
                      dgram_socket *sender) {
    dgram_close(first);
    dgram_close(second);
    dgram_close(sender);
    run_to_end();
}

static void only_its_own_groups_arrive(dgram_type type) {
    dgram_socket *first = bound_to_all(type, 0);
    dgram_socket *second = bound_to_all(type, port_of(first));
    dgram_socket *sender = bound_to_all(type, 0);
    struct recorder recorders[2];
    dgram_address to;

    record_events(&recorders[0], first);
    record_events(&recorders[1], second);
    for (int i = 0; i < 2; i++)
        assert_int_equal(dgram_add_membership(first, group_of(type, i), "lo"),
                         0);
    assert_int_equal(dgram_add_membership(second, group_of(type, 1), "lo"), 0);
    assert_int_equal(dgram_set_multicast_all(second, false), 0);
    assert_int_equal(dgram_set_multicast_interface(sender, "lo"), 0);
    if (!has_way(sender, group_of(type, 0))) {
        close_all(first, second, sender);
        skip();
    }
    for (int i = 0; i < 2; i++) {
        to = address_of(group_of(type, i), port_of(first));
        assert_int_equal(dgram_send(sender, i == 0 ? "first" : "both", 5 - i,
                                    &to, NULL, NULL),
                         0);
    }
    run_until(&recorders[0].messages, 2);
    run_until(&recorders[1].messages, 1);
    assert_string_equal(recorders[1].message[0].payload, "both");
    assert_int_equal(dgram_set_multicast_all(second, true), 0);
    to = address_of(group_of(type, 0), port_of(first));
    assert_int_equal(dgram_send(sender, "first", 5, &to, NULL, NULL), 0);
    run_until(&recorders[1].messages, 2);
    assert_string_equal(recorders[1].message[1].payload, "first");
    close_all(first, second, sender);
}
BOTH(only_its_own_groups_arrive)

static void the_socket_must_be_bound(dgram_type type) {
    dgram_socket *socket = new_socket(type);

    assert_int_equal(dgram_set_multicast_all(socket, false), UV_EBADF);
    dgram_close(socket);
    assert_int_equal(dgram_set_multicast_all(socket, false),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    run_to_end();
}
BOTH(the_socket_must_be_bound)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(only_its_own_groups_arrive),
        IN_LOOP_BOTH(the_socket_must_be_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
