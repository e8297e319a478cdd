/* An address that is no group, an unknown interface and a missing membership
   are errors of the call. */
#include "peer.h"

static const char lo4[] = "127.0.0.1", lo6[] = "::%lo";

static const char *group_of(dgram_type type) {
    return type == DGRAM_UDP6 ? "ff11::7777" : "239.255.77.78";
}

static const char *interface_of(dgram_type type) {
    return type == DGRAM_UDP6 ? lo6 : lo4;
}

static void texts_are_checked(dgram_type type) {
    static const char *const no_group[] = {"x", "127.1", " 224.0.0.1",
                                           "224.0.0.1.1", "localhost"};
    static const char *const no_interface[] = {"x", "127.1", "none", "%lo",
                                               "99999"};
    dgram_socket *socket = new_bound(type);

    assert_int_equal(dgram_add_membership(socket, NULL, NULL),
                     DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(dgram_add_membership(socket, "", NULL),
                     DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(dgram_drop_membership(socket, NULL, NULL),
                     DGRAM_ERR_MISSING_ARGS);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(dgram_add_membership(socket, no_group[i], NULL),
                         UV_EINVAL);
        assert_int_equal(
            dgram_add_membership(socket, group_of(type), no_interface[i]),
            UV_ENODEV);
        assert_int_equal(
            dgram_drop_membership(socket, group_of(type), no_interface[i]),
            UV_ENODEV);
    }
    assert_int_equal(dgram_add_membership(socket, group_of(type), ""),
                     UV_EINVAL);
    assert_int_equal(
        dgram_add_membership(socket, loopback(type), interface_of(type)),
        UV_EINVAL);
    dgram_close(socket);
    run_to_end();
}
BOTH(texts_are_checked)

static void memberships_are_counted_by_the_kernel(dgram_type type) {
    const char *group = group_of(type), *interface = interface_of(type);
    dgram_socket *socket = new_bound(type);
    char text[128];

    assert_int_equal(dgram_drop_membership(socket, group, interface),
                     UV_EADDRNOTAVAIL);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, "dropMembership EADDRNOTAVAIL");
    assert_int_equal(dgram_add_membership(socket, group, interface), 0);
    assert_int_equal(dgram_add_membership(socket, group, interface),
                     UV_EADDRINUSE);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, "addMembership EADDRINUSE");
    assert_int_equal(dgram_drop_membership(socket, group, interface), 0);
    assert_int_equal(dgram_add_membership(socket, group, interface), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(memberships_are_counted_by_the_kernel)

static void the_interface_must_exist(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);

    (void)state;
    assert_int_equal(
        dgram_add_membership(socket, "239.255.77.78", "198.51.100.1"),
        UV_ENODEV);
    assert_int_equal(dgram_add_membership(socket, "ff11::7777", NULL),
                     UV_ENOPROTOOPT);
    assert_int_equal(dgram_add_membership(socket, "ff11::7777", lo4),
                     UV_EINVAL);
    dgram_close(socket);
    run_to_end();
}

static void sources_are_checked(dgram_type type) {
    const char *group = group_of(type), *interface = interface_of(type);
    const char *source = loopback(type);
    const char *other = loopback(type == DGRAM_UDP6 ? DGRAM_UDP4 : DGRAM_UDP6);
    dgram_socket *socket = new_bound(type);
    char text[128];

#define ADD(source, group)                                                     \
    dgram_add_source_specific_membership(socket, source, group, interface)
#define DROP(source, group)                                                    \
    dgram_drop_source_specific_membership(socket, source, group, interface)
    assert_int_equal(ADD(NULL, group), DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(ADD("", group), UV_EINVAL);
    assert_int_equal(ADD(source, NULL), DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(ADD(source, ""), UV_EINVAL);
    assert_int_equal(DROP(NULL, group), DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(ADD("x", group), UV_EINVAL);
    assert_int_equal(ADD(source, "x"), UV_EINVAL);
    assert_int_equal(ADD(other, group), UV_EINVAL);
    assert_int_equal(ADD(source, source), UV_EINVAL);
    assert_int_equal(DROP(source, group), UV_EINVAL);
    assert_int_equal(ADD(source, group), 0);
    assert_int_equal(ADD(source, group), UV_EADDRNOTAVAIL);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, "addSourceSpecificMembership EADDRNOTAVAIL");
    assert_int_equal(DROP(type == DGRAM_UDP6 ? "::5" : "127.0.0.5", group),
                     UV_EADDRNOTAVAIL);
    assert_int_equal(DROP(source, group), 0);
    assert_int_equal(DROP(source, group), UV_EINVAL);
    dgram_close(socket);
    run_to_end();
}
BOTH(sources_are_checked)

static void there_is_none_while_binding(dgram_type type) {
    const char *group = group_of(type), *interface = interface_of(type);
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, NULL, 0), 0);
    assert_int_equal(dgram_add_membership(socket, group, interface), UV_EBADF);
    assert_int_equal(dgram_drop_membership(socket, group, interface), UV_EBADF);
    assert_int_equal(ADD(loopback(type), group), UV_EBADF);
    assert_int_equal(DROP(loopback(type), group), UV_EBADF);
    run_until(&recorder.listening, 1);
    assert_int_equal(dgram_add_membership(socket, group, interface), 0);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
}
BOTH(there_is_none_while_binding)

static void the_outgoing_interface_is_checked(dgram_type type) {
    static const char *const unknown[] = {"x", "none", "127.1", " 127.0.0.1",
                                          "%lo"};
    dgram_socket *socket = new_bound(type);
    int for_six = type == DGRAM_UDP6 ? 0 : UV_ENOPROTOOPT;

    for (int i = 0; i < 5; i++)
        assert_int_equal(dgram_set_multicast_interface(socket, unknown[i]),
                         UV_ENODEV);
    assert_int_equal(dgram_set_multicast_interface(socket, ""), UV_EINVAL);
    assert_int_equal(dgram_set_multicast_interface(socket, NULL), UV_EINVAL);
    assert_int_equal(dgram_set_multicast_interface(socket, lo4), 0);
    assert_int_equal(dgram_set_multicast_interface(socket, "0.0.0.0"), 0);
    assert_int_equal(dgram_set_multicast_interface(socket, "198.51.100.1"),
                     UV_EADDRNOTAVAIL);
    assert_int_equal(dgram_set_multicast_interface(socket, lo6), for_six);
    assert_int_equal(dgram_set_multicast_interface(socket, "::"), for_six);
    assert_int_equal(dgram_set_multicast_interface(socket, "::%none"),
                     UV_ENODEV);
    assert_int_equal(dgram_set_multicast_interface(socket, "::1"), UV_ENODEV);
    dgram_close(socket);
    run_to_end();
}
BOTH(the_outgoing_interface_is_checked)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(texts_are_checked),
        IN_LOOP_BOTH(memberships_are_counted_by_the_kernel),
        IN_LOOP(the_interface_must_exist),
        IN_LOOP_BOTH(sources_are_checked),
        IN_LOOP_BOTH(there_is_none_while_binding),
        IN_LOOP_BOTH(the_outgoing_interface_is_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
