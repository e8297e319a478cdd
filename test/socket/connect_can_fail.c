/* A failed connect is reported to its callback, or without one to the
   listeners, and leaves the socket unchanged. */
#include "peer.h"
#include "resolver.h"

static void expect_still_usable(dgram_socket *socket) {
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_connect(socket, NULL, 9, NULL, NULL), 0);
    run_until(&recorder.connected, 1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(recorder.errors, 0);
}

static void the_callback_gets_it_and_no_listener(dgram_type type) {
    struct resolver resolver = {.status = UV_EAI_AGAIN};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct sent connected = {0};
    struct recorder recorder;
    char text[64];

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_connect(socket, "some.name", 9, note_sent, &connected), 0);
    run_until(&connected.calls, 1);
    assert_int_equal(connected.status, UV_EAI_AGAIN);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, "getaddrinfo EAI_AGAIN some.name");
    run_for(2);
    assert_string_equal(recorder.log, "l");
    dgram_off(socket, &recorder.listener);
    expect_still_usable(socket);
}
BOTH(the_callback_gets_it_and_no_listener)

static void listeners_get_it_without_callback(dgram_type type) {
    struct resolver resolver = {.refusal = UV_EAI_FAIL};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_connect(socket, "some.name", 9, NULL, NULL), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EAI_FAIL);
    dgram_off(socket, &recorder.listener);
    expect_still_usable(socket);
}
BOTH(listeners_get_it_without_callback)

static void an_address_of_the_other_family(dgram_type type) {
    const char *other = loopback(type == DGRAM_UDP6 ? DGRAM_UDP4 : DGRAM_UDP6);
    dgram_socket *socket = new_socket(type);
    struct sent connected = {0};
    char text[64], expected[64];

    assert_int_equal(dgram_connect(socket, other, 9, note_sent, &connected), 0);
    run_until(&connected.calls, 1);
    assert_int_equal(connected.status, UV_EINVAL);
    snprintf(expected, sizeof expected, "connect EINVAL %s:9", other);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, expected);
    assert_int_equal(dgram_connect_sync(socket, other, 9), UV_EINVAL);
    expect_still_usable(socket);
}
BOTH(an_address_of_the_other_family)

static void broadcast_needs_permission(void **state) {
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    struct sent connected = {0};

    (void)state;
    assert_int_equal(
        dgram_connect(socket, "127.255.255.255", 9, note_sent, &connected), 0);
    run_until(&connected.calls, 1);
    assert_int_equal(connected.status, UV_EACCES);
    assert_int_equal(dgram_connect_sync(socket, "127.255.255.255", 9),
                     UV_EACCES);
    assert_int_equal(dgram_set_broadcast(socket, true), 0);
    assert_int_equal(dgram_connect_sync(socket, "127.255.255.255", 9), 0);
    dgram_close(socket);
    run_to_end();
}

static void a_blocked_peer(dgram_type type) {
    dgram_blocklist *list;
    dgram_options options = {.size = sizeof options, .type = type};
    dgram_socket *socket;
    struct sent connected = {0};
    dgram_address remote;

    assert_int_equal(dgram_blocklist_create(&list), 0);
    assert_int_equal(dgram_blocklist_add_address(list, loopback(type)), 0);
    options.send_blocklist = list;
    socket = new_socket_with(&options);
    dgram_blocklist_release(list);
    assert_int_equal(dgram_connect(socket, NULL, 9, note_sent, &connected), 0);
    run_until(&connected.calls, 1);
    assert_int_equal(connected.status, DGRAM_ERR_IP_BLOCKED);
    assert_int_equal(dgram_connect_sync(socket, loopback(type), 9),
                     DGRAM_ERR_IP_BLOCKED);
    assert_int_equal(dgram_get_remote_address(socket, &remote),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(connected.calls, 1);
}
BOTH(a_blocked_peer)

static void close_cancels_it(dgram_type type) {
    struct resolver resolver = {.later = 1};
    dgram_socket *naming = new_resolving(type, &resolver);
    dgram_socket *numeric = new_bound(type);
    struct sent first = {0}, second = {0};
    struct recorder recorders[2];

    record_events(&recorders[0], naming);
    record_events(&recorders[1], numeric);
    assert_int_equal(dgram_connect(naming, "slow.name", 9, note_sent, &first),
                     0);
    assert_int_equal(dgram_connect(numeric, NULL, 9, note_sent, &second), 0);
    dgram_close(numeric);
    run_until(&resolver.asked, 1);
    dgram_close(naming);
    run_to_end();
    assert_int_equal(resolver.cancelled, 1);
    assert_int_equal(first.calls, 1);
    assert_int_equal(first.status, UV_ECANCELED);
    assert_int_equal(second.calls, 1);
    assert_int_equal(second.status, UV_ECANCELED);
    assert_string_equal(recorders[0].log, "lx");
    assert_string_equal(recorders[1].log, "x");
}
BOTH(close_cancels_it)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(the_callback_gets_it_and_no_listener),
        IN_LOOP_BOTH(listeners_get_it_without_callback),
        IN_LOOP_BOTH(an_address_of_the_other_family),
        IN_LOOP(broadcast_needs_permission),
        IN_LOOP_BOTH(a_blocked_peer),
        IN_LOOP_BOTH(close_cancels_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
