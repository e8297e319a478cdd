/* A socket that is bound to a device receives only what arrives by it, even if
   another interface has its address, and stays with a renamed device. */
#include "netns.h"

static dgram_socket *new_on_device(const char *device, uint16_t port,
                                   struct recorder *recorder) {
    const dgram_bind_options bind = {
        .size = sizeof bind, .port = port, .device = device};
    dgram_socket *socket;

    enter_host(NEAR);
    socket = new_socket(DGRAM_UDP6);
    record_events(recorder, socket);
    assert_int_equal(dgram_bind_with(socket, &bind), 0);
    run_until(&recorder->listening, 1);
    return socket;
}

static void send_to(dgram_socket *sender, const char *host, uint16_t port) {
    dgram_address to = address_of(host, port);
    struct sent sent = {0};

    assert_int_equal(dgram_send(sender, "x", 1, &to, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 1);
}

/* Two sockets have the same address and port, and each its wire. */
static void two_sockets_share_a_port(void **state) {
    struct recorder first, second;
    dgram_socket *a = new_on_device("a0", 0, &first);
    dgram_socket *b = new_on_device("a1", port_of(a), &second);
    dgram_socket *v4 = new_bound_on(FAR, "0.0.0.0");
    dgram_socket *v6 = new_bound_on(FAR, "::");
    uint16_t port = port_of(a);

    (void)state;
    for (int i = 0; i < 3; i++) {
        send_to(v4, "10.77.0.1", port);
        send_to(v6, "fd77::1", port);
    }
    send_to(v4, "10.78.0.1", port);
    send_to(v6, "fd78::1", port);
    run_until(&first.messages, 6);
    run_until(&second.messages, 2);
    assert_int_equal(first.messages, 6);
    assert_int_equal(second.messages, 2);
    dgram_close(a);
    dgram_close(b);
    dgram_close(v4);
    dgram_close(v6);
    run_to_end();
}

static void the_path_mtu_is_the_devices(void **state) {
    struct recorder recorder;
    dgram_socket *socket = new_on_device("a1", 0, &recorder);
    dgram_address there = address_of("fd78::2", 9);
    dgram_address elsewhere = address_of("fd77::2", 9);

    (void)state;
    ip_on(NEAR, "link set a1 mtu 1400");
    ip_on(NEAR, "link set a1 down");
    ip_on(NEAR, "link set a1 name b7");
    ip_on(NEAR, "link set b7 up");
    ip_on(NEAR, "-6 route replace fd78::/64 dev b7");
    assert_int_equal(dgram_get_path_mtu(socket, &there), 1400);
    assert_int_equal(dgram_get_path_mtu(socket, &elsewhere), UV_ENETUNREACH);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(two_sockets_share_a_port),
        IN_LOOP(the_path_mtu_is_the_devices),
    };

    create_hosts();
    add_second_wire();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
