/* The path MTU is that of the interface until a router reports a smaller one.
   With DGRAM_PMTU_DO longer datagrams then fail, and with DGRAM_PMTU_PROBE they
   are sent. */
#include "netns.h"

static int send_one(dgram_socket *socket, size_t size,
                    const dgram_address *to) {
    static const unsigned char payload[2000];
    struct sent sent = {0};

    assert_int_equal(dgram_send(socket, payload, size, to, note_sent, &sent),
                     0);
    run_until(&sent.calls, 1);
    return sent.status;
}

static void over(const struct route *route) {
    dgram_socket *receiver = new_bound_on(FAR, route->far);
    dgram_socket *sender = new_bound_on(NEAR, route->near);
    dgram_address to = address_of(route->far, port_of(receiver));
    uint32_t fits;

    enter_host(NEAR);
    set_far_mtu(1400);
    assert_int_equal(dgram_set_dont_fragment(sender, DGRAM_PMTU_DO), 0);
    assert_int_equal(dgram_get_path_mtu(sender, &to), 1500);
    assert_int_equal(send_one(sender, dgram_payload_size_max(1500, &to), &to),
                     dgram_payload_size_max(1500, &to));
    for (int i = 0; i < 200 && dgram_get_path_mtu(sender, &to) == 1500; i++)
        uv_sleep(10);
    assert_int_equal(dgram_get_path_mtu(sender, &to), 1400);
    fits = dgram_payload_size_max(1400, &to);
    assert_int_equal(send_one(sender, fits + 1, &to), UV_EMSGSIZE);
    assert_int_equal(send_one(sender, fits, &to), fits);
    assert_int_equal(dgram_set_dont_fragment(sender, DGRAM_PMTU_PROBE), 0);
    assert_int_equal(send_one(sender, fits + 1, &to), fits + 1);
    assert_int_equal(dgram_connect_sync(sender, route->far, port_of(receiver)),
                     0);
    assert_int_equal(dgram_get_path_mtu(sender, NULL), 1400);
    set_far_mtu(1500);
    assert_int_equal(dgram_get_path_mtu(sender, NULL), 1500);
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    over(&route_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    over(&route_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_routed_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
