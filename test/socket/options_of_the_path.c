/* Type of service, fragments and path MTU: what is set is read again, errors
   come in the order of dgram.h, and a dual-stack socket has both options. */
#include <netinet/ip.h>

#include "peer.h"

#if defined(__linux__)
static const bool on_linux = true;
#else
static const bool on_linux = false;
#endif

static int option(dgram_socket *socket, int level, int name) {
    socklen_t size = sizeof(int);
    int value = 0;

    assert_int_equal(
        getsockopt(dgram_fileno(socket), level, name, &value, &size), 0);
    return value;
}

static void the_type_of_service_is_set(dgram_type type) {
    dgram_socket *socket = new_bound(type);

    assert_int_equal(dgram_get_tos(socket), 0);
    assert_int_equal(dgram_set_tos(socket, DGRAM_TOS(46, DGRAM_ECN_ECT0)), 0);
    assert_int_equal(dgram_get_tos(socket), 186);
    assert_int_equal(dgram_set_tos(socket, 255), 0);
    assert_int_equal(dgram_set_tos(socket, 256), UV_EINVAL);
    assert_int_equal(dgram_set_tos(socket, -1), UV_EINVAL);
    assert_int_equal(dgram_get_tos(socket), 255);
    assert_int_equal(dgram_set_tos(socket, 0), 0);
    assert_int_equal(dgram_get_tos(socket), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(the_type_of_service_is_set)

static void fragments_are_forbidden(dgram_type type) {
    dgram_socket *socket = new_bound(type);

    for (int mode = DGRAM_PMTU_DONT; mode <= DGRAM_PMTU_OMIT; mode++) {
        int expected =
            on_linux || mode == DGRAM_PMTU_DONT || mode == DGRAM_PMTU_DO
                ? 0
                : UV_ENOTSUP;

        assert_int_equal(dgram_set_dont_fragment(socket, (dgram_pmtu)mode),
                         expected);
        if (expected == 0)
            assert_int_equal(dgram_get_dont_fragment(socket), mode);
    }
    assert_int_equal(dgram_set_dont_fragment(socket, (dgram_pmtu)6), UV_EINVAL);
    assert_int_equal(dgram_set_dont_fragment(socket, (dgram_pmtu)-1),
                     UV_EINVAL);
    dgram_close(socket);
    run_to_end();
}
BOTH(fragments_are_forbidden)

static void errors_have_an_order(dgram_type type) {
    const int closed = DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING;
    dgram_address to = address_of(loopback(type), 9);
    dgram_address other =
        address_of(type == DGRAM_UDP6 ? "127.0.0.1" : "::1", 9);
    dgram_socket *socket = new_socket(type);

    assert_int_equal(dgram_set_tos(socket, 256), UV_EINVAL);
    assert_int_equal(dgram_set_tos(socket, 0), UV_EBADF);
    assert_int_equal(dgram_get_tos(socket), UV_EBADF);
    assert_int_equal(dgram_set_dont_fragment(socket, (dgram_pmtu)6), UV_EINVAL);
    assert_int_equal(dgram_set_dont_fragment(socket, DGRAM_PMTU_DO), UV_EBADF);
    assert_int_equal(dgram_get_dont_fragment(socket), UV_EBADF);
    assert_int_equal(dgram_get_path_mtu(socket, &other), UV_EINVAL);
    assert_int_equal(dgram_get_path_mtu(socket, &to), UV_EBADF);
    assert_int_equal(dgram_get_path_mtu(socket, NULL),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    dgram_close(socket);
    assert_int_equal(dgram_set_tos(socket, 256), closed);
    assert_int_equal(dgram_get_tos(socket), closed);
    assert_int_equal(dgram_set_dont_fragment(socket, (dgram_pmtu)6), closed);
    assert_int_equal(dgram_get_dont_fragment(socket), closed);
    assert_int_equal(dgram_get_path_mtu(socket, &other), closed);
    assert_int_equal(dgram_get_path_mtu(socket, NULL), closed);
    run_to_end();
}
BOTH(errors_have_an_order)

/* 65535 is the longest IPv4 packet. */
static void the_loopback_has_an_mtu(dgram_type type) {
    int expected = type == DGRAM_UDP6 ? 65536 : 65535;
    dgram_address to = address_of(loopback(type), 9);
    dgram_socket *socket = new_bound(type);

    assert_int_equal(dgram_get_path_mtu(socket, &to), expected);
    assert_int_equal(dgram_connect_sync(socket, loopback(type), 9), 0);
    assert_int_equal(dgram_get_path_mtu(socket, NULL), expected);
    dgram_close(socket);
    run_to_end();
}
BOTH(the_loopback_has_an_mtu)

static dgram_socket *new_six(bool ipv6_only) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UDP6, .ipv6_only = ipv6_only};
    dgram_socket *socket = new_socket_with(&options);

    assert_int_equal(dgram_bind_sync(socket, NULL, 0), 0);
    return socket;
}

static void a_dual_stack_socket_has_both(void **state) {
    dgram_address mapped = address_of("::ffff:127.0.0.1", 9);
    dgram_socket *socket;

    (void)state;
    if (!has_ipv6())
        skip();
    socket = new_six(false);
    assert_int_equal(dgram_set_tos(socket, 8), 0);
    assert_int_equal(dgram_set_dont_fragment(socket, DGRAM_PMTU_PROBE), 0);
    assert_int_equal(option(socket, IPPROTO_IP, IP_TOS), 8);
    assert_int_equal(option(socket, IPPROTO_IP, IP_MTU_DISCOVER), 3);
    assert_int_equal(dgram_get_path_mtu(socket, &mapped), 65535);
    dgram_close(socket);
    run_to_end();
}

static void an_ipv6_only_socket_has_one(void **state) {
    dgram_address mapped = address_of("::ffff:127.0.0.1", 9);
    dgram_socket *socket;

    (void)state;
    if (!has_ipv6())
        skip();
    socket = new_six(true);
    assert_int_equal(dgram_set_tos(socket, 8), 0);
    assert_int_equal(option(socket, IPPROTO_IP, IP_TOS), 0);
    assert_int_equal(dgram_get_path_mtu(socket, &mapped), UV_ENETUNREACH);
    dgram_close(socket);
    run_to_end();
}

static void headers_are_subtracted(void **state) {
    dgram_address v4 = address_of("192.0.2.1", 9);
    dgram_address v6 = address_of("2001:db8::1", 9);
    dgram_address mapped = address_of("::ffff:192.0.2.1", 9);

    (void)state;
    assert_int_equal(dgram_payload_size_max(1500, &v4), 1472);
    assert_int_equal(dgram_payload_size_max(1500, &mapped), 1472);
    assert_int_equal(dgram_payload_size_max(1500, &v6), 1452);
    assert_int_equal(dgram_payload_size_max(INT32_MAX, &v4), 65507);
    assert_int_equal(dgram_payload_size_max(INT32_MAX, &v6), 65527);
    assert_int_equal(dgram_payload_size_max(28, &v4), 0);
    assert_int_equal(dgram_payload_size_max(29, &v4), 1);
    assert_int_equal(dgram_payload_size_max(UV_ENETUNREACH, &v6), 0);
}

static void the_device_is_checked(void **state) {
    dgram_bind_options options = {.size = sizeof options,
                                  .device = "sixteen_bytes_xx"};
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_with(socket, &options), UV_ENODEV);
    options.device = "none0";
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(dgram_last_error(socket)->code, UV_ENODEV);

    /* The device belonged to the bind that failed. */
    assert_int_equal(dgram_bind_sync(socket, NULL, 0), 0);
    dgram_close(socket);
    run_to_end();
}

static void a_descriptor_has_its_own_device(void **state) {
    dgram_bind_options options = {.size = sizeof options, .device = "lo"};
    dgram_socket *socket = new_socket(DGRAM_UDP4);

    (void)state;
    options.fd = peer_open(DGRAM_UDP4);
    assert_int_equal(dgram_bind_with(socket, &options),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    peer_close(options.fd);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(the_type_of_service_is_set),
        IN_LOOP_BOTH(fragments_are_forbidden),
        IN_LOOP_BOTH(errors_have_an_order),
        IN_LOOP_BOTH(the_loopback_has_an_mtu),
        IN_LOOP(a_dual_stack_socket_has_both),
        IN_LOOP(an_ipv6_only_socket_has_one),
        IN_LOOP(headers_are_subtracted),
        IN_LOOP(the_device_is_checked),
        IN_LOOP(a_descriptor_has_its_own_device),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
