/* A bind that fails is reported later, and the socket can be bound again. */
#include "peer.h"

static void a_port_in_use(dgram_type type) {
    int peer = peer_open(type);
    dgram_address taken = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    dgram_address here;
    char expected[128];
    struct recorder recorder;

    record_events(&recorder, socket);
    for (int round = 1; round <= 20; round++) {
        assert_int_equal(
            dgram_bind(socket, loopback(type), dgram_address_port(&taken)), 0);
        assert_int_equal(recorder.errors, round - 1);
        run_until(&recorder.errors, round);
        assert_int_equal(recorder.error, UV_EADDRINUSE);
        assert_int_equal(dgram_last_error(socket)->code, UV_EADDRINUSE);
        assert_int_equal(dgram_get_local_address(socket, &here), UV_EBADF);
    }
    snprintf(expected, sizeof expected, "bind EADDRINUSE %s:%d", loopback(type),
             dgram_address_port(&taken));
    assert_string_equal(recorder.error_text, expected);

    peer_close(peer);
    assert_int_equal(
        dgram_bind(socket, loopback(type), dgram_address_port(&taken)), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(recorder.errors, 20);
    dgram_close(socket);
    run_to_end();
}
BOTH(a_port_in_use)

static void an_address_of_another_host(dgram_type type) {
    const char *away = type == DGRAM_UDP6 ? "2001:db8::1" : "198.51.100.1";
    dgram_socket *socket = new_socket(type);
    char expected[128];
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, away, 0), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EADDRNOTAVAIL);
    snprintf(expected, sizeof expected, "bind EADDRNOTAVAIL %s", away);
    assert_string_equal(recorder.error_text, expected);
    assert_int_equal(dgram_bind_sync(socket, away, 0), UV_EADDRNOTAVAIL);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "ex");
}
BOTH(an_address_of_another_host)

static void an_address_of_the_other_family(dgram_type type) {
    const char *other = loopback(type == DGRAM_UDP6 ? DGRAM_UDP4 : DGRAM_UDP6);
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, other, 0), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EINVAL);
    dgram_close(socket);
    run_to_end();
}
BOTH(an_address_of_the_other_family)

struct again {
    dgram_listener listener;
    struct recorder recorder;
    uint16_t taken;
    int left, over;
};

static void bind_again(dgram_socket *socket, const dgram_error *error,
                       void *data) {
    struct again *again = data;

    assert_int_equal(error->code, UV_EADDRINUSE);
    if (again->left-- > 0)
        assert_int_equal(
            dgram_bind(socket, loopback(dgram_get_type(socket)), again->taken),
            0);
    else
        again->over = 1;
}

static void rebinding_in_the_error_event(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .error = bind_again};
    int peer = peer_open(type);
    dgram_address taken = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct again again = {.taken = dgram_address_port(&taken), .left = 19};

    record_events(&again.recorder, socket);
    dgram_on(socket, &again.listener, &events, &again);
    assert_int_equal(dgram_bind(socket, loopback(type), again.taken), 0);
    run_until(&again.over, 1);
    assert_int_equal(again.recorder.errors, 20);
    assert_int_equal(dgram_get_unhandled_error_count(socket), 0);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(rebinding_in_the_error_event)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(a_port_in_use),
        IN_LOOP_BOTH(an_address_of_another_host),
        IN_LOOP_BOTH(an_address_of_the_other_family),
        IN_LOOP_BOTH(rebinding_in_the_error_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
