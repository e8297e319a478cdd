/* An interface may be given by its name or its index, for groups of both
   families. */
#include "peer.h"

#include <net/if.h>

static const char *group_of(dgram_type type) {
    return type == DGRAM_UDP6 ? "ff11::7778" : "239.255.77.79";
}

static const char *index_of_loopback(void) {
    static char text[16];

    snprintf(text, sizeof text, "%u", if_nametoindex("lo"));
    return text;
}

static void joins_by_one_and_leaves_by_the_other(dgram_type type) {
    const char *group = group_of(type), *index = index_of_loopback();
    dgram_socket *socket = new_bound(type);

    assert_int_equal(dgram_add_membership(socket, group, "lo"), 0);
    assert_int_equal(dgram_add_membership(socket, group, index), UV_EADDRINUSE);
    assert_int_equal(dgram_drop_membership(socket, group, index), 0);
    assert_int_equal(dgram_drop_membership(socket, group, "lo"),
                     UV_EADDRNOTAVAIL);
    assert_int_equal(dgram_add_membership(socket, group, index), 0);
    assert_int_equal(dgram_drop_membership(socket, group, "lo"), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(joins_by_one_and_leaves_by_the_other)

static void a_source_is_joined_on_it(dgram_type type) {
    const char *group = group_of(type), *source = loopback(type);
    const char *index = index_of_loopback();
    dgram_socket *socket = new_bound(type);

    assert_int_equal(
        dgram_add_source_specific_membership(socket, source, group, "lo"), 0);
    assert_int_equal(
        dgram_add_source_specific_membership(socket, source, group, index),
        UV_EADDRNOTAVAIL);
    assert_int_equal(
        dgram_drop_source_specific_membership(socket, source, group, index), 0);
    assert_int_equal(
        dgram_add_source_specific_membership(socket, source, group, "none"),
        UV_ENODEV);
    dgram_close(socket);
    run_to_end();
}
BOTH(a_source_is_joined_on_it)

static void multicast_leaves_by_it(dgram_type type) {
    dgram_address group;
    dgram_socket *sender = new_socket(type), *receiver = new_socket(DGRAM_UDP4);
    struct recorder recorder;

    assert_int_equal(dgram_bind_sync(sender, NULL, 0), 0);
    assert_int_equal(dgram_bind_sync(receiver, "0.0.0.0", 0), 0);
    record_events(&recorder, receiver);
    assert_int_equal(dgram_add_membership(receiver, "239.255.77.79", "lo"), 0);
    assert_int_equal(dgram_set_multicast_interface(sender, "lo"), 0);
    assert_int_equal(dgram_set_multicast_interface(sender, index_of_loopback()),
                     0);
    group = address_of(type == DGRAM_UDP6 ? "::ffff:239.255.77.79"
                                          : "239.255.77.79",
                       port_of(receiver));
    assert_int_equal(dgram_send(sender, "x", 1, &group, NULL, NULL), 0);
    run_until(&recorder.messages, 1);
    dgram_close(sender);
    dgram_close(receiver);
    run_to_end();
}
BOTH(multicast_leaves_by_it)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(joins_by_one_and_leaves_by_the_other),
        IN_LOOP_BOTH(a_source_is_joined_on_it),
        IN_LOOP_BOTH(multicast_leaves_by_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
