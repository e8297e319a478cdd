/* dgram_get_path_mtu() asks for the route that a datagram of the socket takes:
   to a link-local address, which its scope names the interface of, and from the
   address, the device and the families of an adopted descriptor. */
#include "netns.h"

/* The wires of NEAR: a0 has 1500 bytes, and a1 has 1400. */
static void set_up_wires(void) {
    create_hosts();
    add_second_wire();
    ip_on(NEAR, "link set a1 mtu 1400");
    enter_host(NEAR);
}

static int mtu_to(dgram_socket *socket, const char *host) {
    dgram_address to = address_of(host, 9);

    return dgram_get_path_mtu(socket, &to);
}

static void of_link_local_addresses(void **state) {
    static const char *const locals[] = {"::", "fd77::1"};
    dgram_address to = address_of("fe80::2%a1", 9);

    (void)state;
    for (int i = 0; i < 2; i++) {
        dgram_socket *socket = new_bound_on(NEAR, locals[i]);

        assert_int_equal(mtu_to(socket, "fe80::2%a0"), 1500);
        assert_int_equal(mtu_to(socket, "fe80::2%a1"), 1400);
        to.v6.sin6_scope_id = 0;
        assert_int_equal(dgram_get_path_mtu(socket, &to), UV_EINVAL);
        dgram_close(socket);
        run_to_end();
    }
}

/* The scope of the socket's own address counts for a destination without. */
static void of_a_link_local_socket(void **state) {
    dgram_socket *socket = new_bound_on(NEAR, "fe80::1%a1");
    dgram_address to = address_of("fe80::2%a1", 9);

    (void)state;
    assert_int_equal(dgram_get_path_mtu(socket, &to), 1400);
    to.v6.sin6_scope_id = 0;
    assert_int_equal(dgram_get_path_mtu(socket, &to), 1400);
    assert_int_equal(mtu_to(socket, "fe80::2%a0"), UV_EINVAL);
    dgram_close(socket);
    run_to_end();
}

static int socket_on_a1(void) {
    struct sockaddr_in6 any = {.sin6_family = AF_INET6};
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "a1", 3), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof any), 0);
    return fd;
}

/* Of a program that has bound the descriptor to the device, and left its type
   to dgram_bind_with(). */
static void of_an_adopted_descriptor(void **state) {
    dgram_bind_options options = {.size = sizeof options};
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    dgram_address mapped = address_of("::ffff:10.78.0.2", 9);

    (void)state;
    options.fd = socket_on_a1();
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    assert_int_equal(dgram_get_type(socket), DGRAM_UDP6);
    assert_int_equal(mtu_to(socket, "fd78::2"), 1400);
    assert_int_equal(dgram_get_path_mtu(socket, &mapped), 1400);
    assert_int_equal(mtu_to(socket, "fe80::2%a1"), 1400);
    assert_int_equal(mtu_to(socket, "fd77::2"), UV_ENETUNREACH);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(of_link_local_addresses),
        IN_LOOP(of_a_link_local_socket),
        IN_LOOP(of_an_adopted_descriptor),
    };

    set_up_wires();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
