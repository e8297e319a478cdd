/* The path to FAR has a smaller MTU behind the router. With "don't fragment"
   the router reports it, dgram_get_path_mtu() returns it, and a batch of
   datagrams that exceed it fails one by one. */
#include "netns.h"

#define FAR_MTU 1300
#define BATCH 20

static const char payload[2000];

/* The first datagram is lost at the router. Another one fails once the report
   has arrived. */
static void exceed_the_path(dgram_socket *socket, const dgram_address *to) {
    struct sent sent = {0};

    for (int i = 0; i < 100 && sent.status != UV_EMSGSIZE; i++) {
        int calls = sent.calls;

        dgram_send(socket, payload, 1400, to, note_sent, &sent);
        run_until(&sent.calls, calls + 1);
        run_for(5);
    }
    assert_int_equal(sent.status, UV_EMSGSIZE);
}

static void send_batch(dgram_socket *socket, const dgram_address *to,
                       size_t size, int expected) {
    struct sent sent[BATCH] = {0};

    for (int i = 0; i < BATCH; i++)
        dgram_send(socket, payload, size, to, note_sent, &sent[i]);
    for (int i = 0; i < BATCH; i++) {
        run_until(&sent[i].calls, 1);
        assert_int_equal(sent[i].status, expected);
    }
}

static void over(const struct route *route, bool connected) {
    dgram_socket *far = new_bound_on(FAR, route->far);
    dgram_socket *near = new_bound_on(NEAR, route->near);
    dgram_address to = address_of(route->far, port_of(far));
    size_t fits = dgram_payload_size_max(FAR_MTU, &to);
    const dgram_address *given = &to;
    struct recorder recorder;

    enter_host(NEAR);
    record_events(&recorder, far);
    set_far_mtu(FAR_MTU);
    if (connected) {
        assert_int_equal(
            dgram_connect_sync(near, route->far, dgram_address_port(&to)), 0);
        given = NULL;
    }
    assert_int_equal(dgram_get_path_mtu(near, given), 1500);
    assert_int_equal(dgram_set_dont_fragment(near, DGRAM_PMTU_DO), 0);
    exceed_the_path(near, given);
    assert_int_equal(dgram_get_path_mtu(near, given), FAR_MTU);
    send_batch(near, given, fits + 1, UV_EMSGSIZE);
    send_batch(near, given, fits, (int)fits);
    run_until(&recorder.messages, BATCH);
    set_far_mtu(1500);
    dgram_close(far);
    dgram_close(near);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    over(&route_v4, false);
    over(&route_v4, true);
}

static void over_ipv6(void **state) {
    (void)state;
    over(&route_v6, false);
    over(&route_v6, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_routed_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
