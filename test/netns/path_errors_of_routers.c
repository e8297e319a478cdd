/* Path errors beyond this host: a router that cannot forward a long packet says
   the MTU, one without a route says so, and the far host says that a port is
   closed. Of a silent router nothing is learned. */
#include "netns.h"

#define BATCH 60

static void forbid_fragments(dgram_socket *socket, dgram_type type) {
    int value = IP_PMTUDISC_DO;
    int level = type == DGRAM_UDP6 ? IPPROTO_IPV6 : IPPROTO_IP;
    int name = type == DGRAM_UDP6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER;

    assert_int_equal(
        setsockopt(dgram_fileno(socket), level, name, &value, sizeof value), 0);
}

static dgram_socket *new_bound_with_errors(const struct route *route) {
    const dgram_options options = {
        .size = sizeof options, .type = route->type, .path_errors = true};

    return new_bound_on_with(NEAR, route->near, 0, &options);
}

static void expect_host(const dgram_address *address, const char *host) {
    char text[DGRAM_ADDRESS_TEXT_MAX];

    dgram_address_format(address, text, sizeof text);
    assert_string_equal(text, host);
}

static void send_one(dgram_socket *socket, size_t length,
                     const dgram_address *to, int status) {
    static const char payload[2000];
    struct sent sent = {0};

    assert_int_equal(dgram_send(socket, payload, length, to, note_sent, &sent),
                     0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, status);
}

static void a_closed_port(const struct route *route) {
    dgram_socket *far = new_bound_on(FAR, route->far);
    dgram_address to = address_of(route->far, port_of(far));
    dgram_socket *socket = new_bound_with_errors(route);
    struct recorder recorder;

    dgram_close(far);
    run_for(1);
    record_events(&recorder, socket);
    send_one(socket, 5, &to, 5);
    run_until(&recorder.path_errors, 1);
    assert_int_equal(recorder.path_error.code, UV_ECONNREFUSED);
    assert_true(dgram_address_equal(&recorder.path_error.to, &to));
    expect_host(&recorder.path_error.reporter, route->far);
    assert_false(recorder.path_error.local);
    dgram_close(socket);
    run_to_end();
}

static void an_unreachable_host(const struct route *route) {
    dgram_address to = address_of(route->unreachable, 9);
    dgram_socket *socket = new_bound_with_errors(route);
    struct recorder recorder;

    record_events(&recorder, socket);
    send_one(socket, 5, &to, 5);
    run_until(&recorder.path_errors, 1);
    assert_int_equal(recorder.path_error.code, -route->unreachable_errno);
    assert_true(dgram_address_equal(&recorder.path_error.to, &to));
    expect_host(&recorder.path_error.reporter, route->router);
    dgram_close(socket);
    run_to_end();
}

/* Sends a batch of one size, of which all is sent. */
static void send_batch(dgram_socket *socket, size_t length,
                       const dgram_address *to) {
    static const char payload[2000];
    dgram_outgoing out[BATCH];
    int status[BATCH];

    for (int i = 0; i < BATCH; i++)
        out[i] =
            (dgram_outgoing){.payload = payload, .length = length, .to = to};
    assert_int_equal(dgram_try_send_batch(socket, out, BATCH, status), BATCH);
    for (int i = 0; i < BATCH; i++)
        assert_int_equal(status[i], length);
}

/* The router reports the MTU for the first ones, and then this host does for
   each. What fits is sent. */
static void a_small_mtu(const struct route *route) {
    dgram_socket *far = new_bound_on(FAR, route->far);
    dgram_address to = address_of(route->far, port_of(far));
    dgram_socket *socket = new_bound_with_errors(route);
    struct recorder recorder, far_recorder;
    int before;

    set_far_mtu(1300);
    record_events(&recorder, socket);
    record_events(&far_recorder, far);
    forbid_fragments(socket, route->type);
    send_one(socket, 1400, &to, 1400);
    run_until(&recorder.path_errors, 1);
    assert_int_equal(recorder.path_error.code, UV_EMSGSIZE);
    assert_int_equal(recorder.path_error.mtu, 1300);
    assert_true(dgram_address_equal(&recorder.path_error.to, &to));
    expect_host(&recorder.path_error.reporter, route->router);
    assert_false(recorder.path_error.local);

    before = recorder.path_errors;
    for (int i = 0; i < 3; i++)
        send_one(socket, 1400, &to, UV_EMSGSIZE);
    run_until(&recorder.path_errors, before + 3);
    run_for(5);
    assert_int_equal(recorder.path_errors, before + 3);
    assert_int_equal(recorder.path_error.code, UV_EMSGSIZE);
    assert_int_equal(recorder.path_error.mtu, 1300);
    assert_true(recorder.path_error.local);
    assert_int_equal(recorder.path_error.reporter.any.sa_family, AF_UNSPEC);
    expect_host(&recorder.path_error.to, route->far);

    send_one(socket, 1200, &to, 1200);
    run_until(&far_recorder.messages, 1);
    assert_int_equal(far_recorder.message[0].length, 1200);
    assert_int_equal(recorder.errors, 0);
    set_far_mtu(1500);
    dgram_close(far);
    dgram_close(socket);
    run_to_end();
}

/* The pending error that the router's message leaves fails no datagram, also in
   GSO messages. */
static void innocent_sends(const struct route *route) {
    dgram_socket *far = new_bound_on(FAR, route->far);
    dgram_address to = address_of(route->far, port_of(far));
    dgram_address nowhere = address_of(route->unreachable, 9);
    dgram_address closed = address_of(route->far, 9);
    dgram_socket *socket = new_bound_with_errors(route);
    struct recorder recorder, far_recorder;

    record_events(&recorder, socket);
    record_events(&far_recorder, far);
    enlarge_receive_buffer(far);
    for (int i = 0; i < 10; i++) {
        send_one(socket, 10, i % 2 == 0 ? &nowhere : &closed, 10);
        send_batch(socket, 1000, &to);
        send_one(socket, 20, &to, 20);
    }
    run_until(&far_recorder.messages, 10 * (BATCH + 1));
    run_until(&recorder.path_errors, 6);
    assert_int_equal(recorder.errors, 0);
    dgram_close(far);
    dgram_close(socket);
    run_to_end();
}

static void a_silent_router(const struct route *route) {
    dgram_address to = address_of(route->far, 9);
    dgram_address nowhere = address_of(route->unreachable, 9);
    dgram_socket *socket = new_bound_with_errors(route);
    struct recorder recorder;

    record_events(&recorder, socket);
    set_far_mtu(1300);
    silence_router(true);
    forbid_fragments(socket, route->type);
    send_one(socket, 1400, &to, 1400);
    send_one(socket, 10, &nowhere, 10);
    run_for(50);
    assert_int_equal(recorder.path_errors, 0);
    silence_router(false);
    set_far_mtu(1500);
    dgram_close(socket);
    run_to_end();
}

static void all_over(const struct route *route) {
    a_closed_port(route);
    an_unreachable_host(route);
    a_small_mtu(route);
    innocent_sends(route);
    a_silent_router(route);
}

static void over_ipv4(void **state) {
    (void)state;
    all_over(&route_v4);
}

static void over_ipv6(void **state) {
    (void)state;
    all_over(&route_v6);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_routed_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
