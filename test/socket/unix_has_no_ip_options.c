/* What IP has and Unix sockets lack fails with UV_ENOTSUP, whether the socket
   is bound or not, and changes nothing. */
#include "paths.h"

static int set_broadcast(dgram_socket *s) {
    return dgram_set_broadcast(s, true);
}

static int set_ttl(dgram_socket *s) {
    return dgram_set_ttl(s, 9);
}

static int set_ttl_of_0(dgram_socket *s) {
    return dgram_set_ttl(s, 0);
}

static int set_tos(dgram_socket *s) {
    return dgram_set_tos(s, 0);
}

static int set_dont_fragment(dgram_socket *s) {
    return dgram_set_dont_fragment(s, DGRAM_PMTU_DO);
}

static int get_path_mtu(dgram_socket *s) {
    const dgram_address to = unix_address("@dgram-test-anyone");

    return dgram_get_path_mtu(s, &to);
}

static int get_path_mtu_of_peer(dgram_socket *s) {
    return dgram_get_path_mtu(s, NULL);
}

static int set_multicast_ttl(dgram_socket *s) {
    return dgram_set_multicast_ttl(s, 1);
}

static int set_multicast_loopback(dgram_socket *s) {
    return dgram_set_multicast_loopback(s, false);
}

static int set_multicast_all(dgram_socket *s) {
    return dgram_set_multicast_all(s, true);
}

static int set_multicast_interface(dgram_socket *s) {
    return dgram_set_multicast_interface(s, "127.0.0.1");
}

static int add_membership(dgram_socket *s) {
    return dgram_add_membership(s, "224.0.0.114", NULL);
}

static int drop_membership(dgram_socket *s) {
    return dgram_drop_membership(s, "224.0.0.114", NULL);
}

static int add_membership_without_group(dgram_socket *s) {
    return dgram_add_membership(s, NULL, NULL);
}

static int add_source_membership(dgram_socket *s) {
    return dgram_add_source_specific_membership(s, "127.0.0.1", "232.1.1.1",
                                                NULL);
}

static int drop_source_membership(dgram_socket *s) {
    return dgram_drop_source_specific_membership(s, "127.0.0.1", "232.1.1.1",
                                                 NULL);
}

static int add_membership_all(dgram_socket *s) {
    return dgram_add_membership_all(s, "224.0.0.114");
}

static int drop_membership_all(dgram_socket *s) {
    return dgram_drop_membership_all(s, "224.0.0.114");
}

static int bind_to_device(dgram_socket *s) {
    const dgram_bind_options options = {
        .size = sizeof options, .address = "@dgram-test", .device = "lo"};

    return dgram_bind_sync_with(s, &options);
}

static const struct {
    int (*call)(dgram_socket *s);
    const char *syscall;
} calls[] = {
    {set_broadcast, "setBroadcast"},
    {set_ttl, "setTTL"},
    {set_ttl_of_0, "setTTL"},
    {set_tos, "setTypeOfService"},
    {dgram_get_tos, "getTypeOfService"},
    {set_dont_fragment, "setDontFragment"},
    {dgram_get_dont_fragment, "getDontFragment"},
    {get_path_mtu, "getPathMTU"},
    {get_path_mtu_of_peer, "getPathMTU"},
    {set_multicast_ttl, "setMulticastTTL"},
    {set_multicast_loopback, "setMulticastLoopback"},
    {set_multicast_all, "setMulticastAll"},
    {set_multicast_interface, "setMulticastInterface"},
    {add_membership, "addMembership"},
    {add_membership_without_group, "addMembership"},
    {drop_membership, "dropMembership"},
    {add_source_membership, "addSourceSpecificMembership"},
    {drop_source_membership, "dropSourceSpecificMembership"},
    {add_membership_all, "addMembershipAll"},
    {drop_membership_all, "dropMembershipAll"},
};

#define CALLS (sizeof calls / sizeof calls[0])

static void expect(int code, int result, const char *syscall, dgram_socket *s) {
    assert_int_equal(result, code);
    assert_int_equal(dgram_last_error(s)->code, code);
    assert_string_equal(dgram_last_error(s)->syscall, syscall);
}

/* Before the bind, when it is bound, and when it is closed. */
static void calls_are_refused(void **state) {
    dgram_socket *s = new_socket(DGRAM_UNIX);

    (void)state;
    for (size_t i = 0; i < CALLS; i++)
        expect(UV_ENOTSUP, calls[i].call(s), calls[i].syscall, s);
    expect(UV_ENOTSUP, bind_to_device(s), "bind", s);
    assert_int_equal(dgram_fileno(s), UV_EBADF);
    assert_int_equal(dgram_bind_sync(s, path_of("it"), 0), 0);
    for (size_t i = 0; i < CALLS; i++)
        expect(UV_ENOTSUP, calls[i].call(s), calls[i].syscall, s);
    dgram_close(s);
    for (size_t i = 0; i < CALLS; i++)
        expect(DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING, calls[i].call(s), "", s);
    run_to_end();
}

static int create(dgram_options options) {
    dgram_socket *socket = NULL;
    int result;

    options.size = sizeof options;
    options.type = DGRAM_UNIX;
    result = dgram_create_with(&test_loop, &options, &socket);
    if (result == 0)
        dgram_close(socket);
    run_to_end();
    return result;
}

static void options_are_refused(void **state) {
    static const uint32_t info[] = {DGRAM_INFO_LOCAL, DGRAM_INFO_INTERFACE,
                                    DGRAM_INFO_TOS, DGRAM_INFO_TTL,
                                    DGRAM_INFO_ALL};

    (void)state;
    assert_int_equal(create((dgram_options){.reuse_port = true}), UV_ENOTSUP);
    assert_int_equal(create((dgram_options){.ipv6_only = true}), UV_ENOTSUP);
    assert_int_equal(create((dgram_options){.path_errors = true}), UV_ENOTSUP);
    assert_int_equal(create((dgram_options){.reuse_port = true,
                                            .steering = DGRAM_STEERING_CPU,
                                            .steering_sockets = 1}),
                     UV_ENOTSUP);
    for (size_t i = 0; i < sizeof info / sizeof info[0]; i++)
        assert_int_equal(create((dgram_options){.receive_info = info[i]}),
                         UV_ENOTSUP);
    assert_int_equal(
        create((dgram_options){.receive_info = DGRAM_INFO_CREDENTIALS |
                                               DGRAM_INFO_TIMESTAMP}),
        0);
}

/* Also in the form with a path as text. */
static void send_info_is_refused(void **state) {
    static const uint32_t set[] = {DGRAM_INFO_LOCAL, DGRAM_INFO_INTERFACE,
                                   DGRAM_INFO_TOS, DGRAM_INFO_TTL};
    dgram_socket *s = new_bound_to(path_of("it"));
    const dgram_address to = unix_address(path_of("it"));
    dgram_send_info info = {.ttl = 1, .local = to};
    dgram_outgoing by_address = {.payload = "x", .length = 1, .info = &info};
    dgram_outgoing by_path = by_address;
    int status;

    (void)state;
    by_address.to = &to;
    by_path.host = path_of("it");
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++) {
        info.set = set[i];
        assert_int_equal(dgram_send_batch(s, &by_address, 1, NULL, NULL),
                         DGRAM_ERR_INVALID_ARG_VALUE);
        assert_int_equal(dgram_send_batch(s, &by_path, 1, NULL, NULL),
                         DGRAM_ERR_INVALID_ARG_VALUE);
        assert_int_equal(dgram_try_send_batch(s, &by_address, 1, &status), 1);
        assert_int_equal(status, DGRAM_ERR_INVALID_ARG_VALUE);
    }
    info.set = 0;
    assert_int_equal(dgram_send_batch(s, &by_address, 1, NULL, NULL), 1);
    assert_int_equal(dgram_send_batch(s, &by_path, 1, NULL, NULL), 1);
    dgram_close(s);
    run_to_end();
}

static void there_are_no_memberships(void **state) {
    dgram_socket *s = new_bound_to(path_of("it"));
    dgram_membership none;

    (void)state;
    assert_int_equal(dgram_get_memberships(s, &none, 1), 0);
    dgram_close(s);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(calls_are_refused),
        IN_LOOP_WITH_FOLDER(options_are_refused),
        IN_LOOP_WITH_FOLDER(send_info_is_refused),
        IN_LOOP_WITH_FOLDER(there_are_no_memberships),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
