/* A synchronous bind is complete on return; only `listening` comes later. */
#include <net/if.h>

#include "peer.h"

static void bound_at_once(dgram_type type) {
    int peer = peer_open(type);
    dgram_socket *socket = new_socket(type);
    dgram_address here;
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    assert_int_equal(dgram_get_local_address(socket, &here), 0);
    assert_int_not_equal(dgram_address_port(&here), 0);
    assert_int_equal(recorder.listening, 0);
    peer_send_text(peer, "early", &here);
    run_until(&recorder.messages, 1);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lmx");
    peer_close(peer);
}
BOTH(bound_at_once)

static void to_all_interfaces(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    dgram_address here;
    char text[DGRAM_ADDRESS_TEXT_MAX];

    assert_int_equal(dgram_bind_sync(socket, NULL, 0), 0);
    assert_int_equal(dgram_get_local_address(socket, &here), 0);
    assert_int_equal(dgram_address_format(&here, text, sizeof text), 0);
    assert_string_equal(text, type == DGRAM_UDP6 ? "::" : "0.0.0.0");
    dgram_close(socket);
}
BOTH(to_all_interfaces)

static void names_are_refused(dgram_type type) {
    static const char *const names[] = {"localhost", "127.1", "0x7f000001",
                                        " ::1", "1.2.3"};
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(dgram_bind_sync(socket, names[i], 0),
                         DGRAM_ERR_INVALID_ARG_VALUE);
    }
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    run_until(&recorder.listening, 1);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
}
BOTH(names_are_refused)

static void system_errors_are_returned(dgram_type type) {
    int peer = peer_open(type);
    dgram_address taken = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;
    char text[128], expected[128];

    record_events(&recorder, socket);
    assert_int_equal(
        dgram_bind_sync(socket, loopback(type), dgram_address_port(&taken)),
        UV_EADDRINUSE);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    snprintf(expected, sizeof expected, "bind EADDRINUSE %s:%d", loopback(type),
             dgram_address_port(&taken));
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, expected);
    run_for(1);
    assert_string_equal(recorder.log, "");

    peer_close(peer);
    assert_int_equal(
        dgram_bind_sync(socket, loopback(type), dgram_address_port(&taken)), 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(system_errors_are_returned)

static void close_before_listening_suppresses_it(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "x");
}
BOTH(close_before_listening_suppresses_it)

#if defined(__linux__)
static void assert_device(dgram_socket *socket, const char *expected) {
    char name[IF_NAMESIZE] = "";
    socklen_t length = sizeof name;

    assert_int_equal(getsockopt(dgram_fileno(socket), SOL_SOCKET,
                                SO_BINDTODEVICE, name, &length),
                     0);
    assert_string_equal(name, expected);
}

static void on_a_device(dgram_type type) {
    dgram_bind_options options = {
        .size = sizeof options, .address = loopback(type), .device = "none0"};
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_sync_with(socket, &options), UV_ENODEV);
    options.device = "sixteen_bytes_xx";
    assert_int_equal(dgram_bind_sync_with(socket, &options), UV_ENODEV);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    /* The device belonged to the bind that failed. */
    assert_int_equal(dgram_bind_sync_with(socket, NULL), 0);
    run_until(&recorder.listening, 1);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lx");

    socket = new_socket(type);
    options.device = "lo";
    assert_int_equal(dgram_bind_sync_with(socket, &options), 0);
    assert_device(socket, "lo");
    dgram_close(socket);
}
BOTH(on_a_device)
#endif

static void options_are_checked(dgram_type type) {
    dgram_bind_options options = {.size = 1, .address = "localhost"};
    dgram_socket *socket = new_socket(type);
    int fd = peer_open(type);

    assert_int_equal(dgram_bind_sync_with(socket, &options),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    options.size = sizeof options;
    assert_int_equal(dgram_bind_sync_with(socket, &options),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    options.fd = fd;
    options.device = "lo";
    assert_int_equal(dgram_bind_sync_with(socket, &options),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    options.device = NULL;
    assert_int_equal(dgram_bind_sync_with(socket, &options), 0);
    assert_int_equal(dgram_fileno(socket), fd);
    assert_int_equal(dgram_bind_sync_with(socket, &options),
                     DGRAM_ERR_SOCKET_ALREADY_BOUND);
    dgram_close(socket);
}
BOTH(options_are_checked)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(bound_at_once),
        IN_LOOP_BOTH(to_all_interfaces),
        IN_LOOP_BOTH(names_are_refused),
        IN_LOOP_BOTH(system_errors_are_returned),
        IN_LOOP_BOTH(close_before_listening_suppresses_it),
#if defined(__linux__)
        IN_LOOP_BOTH(on_a_device),
#endif
        IN_LOOP_BOTH(options_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
