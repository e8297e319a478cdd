/* A send that fails inside the call changes nothing, and its callback is not
   called. */
#include "peer.h"

static struct sent never;

static void expect_untouched(dgram_socket *socket, int code) {
    assert_int_equal(dgram_last_error(socket)->code, code);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    assert_int_equal(dgram_get_send_queue_size(socket), 0);
}

/* Tries every form that takes an address. */
static void refuse(dgram_socket *socket, const dgram_address *to, int code) {
    const dgram_buffer part = {.base = "x", .length = 1};
    const dgram_outgoing one = {
        .payload = "x", .length = 1, .to = to, .data = &never};

    assert_int_equal(dgram_send(socket, "x", 1, to, note_sent, &never), code);
    expect_untouched(socket, code);
    assert_int_equal(dgram_sendv(socket, &part, 1, to, note_sent, &never),
                     code);
    expect_untouched(socket, code);
    assert_int_equal(dgram_send_batch(socket, &one, 1, NULL, note_sent), code);
    expect_untouched(socket, code);
}

static void refuse_host(dgram_socket *socket, const char *host, uint16_t port,
                        int code) {
    const dgram_outgoing one = {.payload = "x",
                                .length = 1,
                                .host = host == NULL ? "" : host,
                                .port = port,
                                .data = &never};

    assert_int_equal(
        dgram_send_to(socket, "x", 1, host, port, note_sent, &never), code);
    expect_untouched(socket, code);
    assert_int_equal(dgram_send_batch(socket, &one, 1, NULL, note_sent), code);
    expect_untouched(socket, code);
}

static void bad_destinations(dgram_type type) {
    const char *hosts[] = {NULL, "", loopback(type), "some.name"};
    dgram_address port_0 = address_of(loopback(type), 0);
    dgram_address other =
        address_of(loopback(type == DGRAM_UDP6 ? DGRAM_UDP4 : DGRAM_UDP6), 9);
    dgram_socket *socket = new_socket(type);
    struct recorder recorder;

    memset(&never, 0, sizeof never);
    record_events(&recorder, socket);
    refuse(socket, NULL, DGRAM_ERR_SOCKET_BAD_PORT);
    refuse(socket, &port_0, DGRAM_ERR_SOCKET_BAD_PORT);
    refuse(socket, &other, UV_EINVAL);
    for (int i = 0; i < 4; i++)
        refuse_host(socket, hosts[i], 0, DGRAM_ERR_SOCKET_BAD_PORT);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    run_for(2);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(never.calls, 0);
    assert_string_equal(recorder.log, "x");
}
BOTH(bad_destinations)

static void bad_payloads(dgram_type type) {
    dgram_address there = address_of(loopback(type), 9);
    dgram_socket *socket = new_socket(type);
    dgram_buffer parts[2] = {{.base = "x", .length = 1},
                             {.base = NULL, .length = 5}};
    dgram_outgoing one = {.length = 5, .to = &there, .data = &never};
    const int code = DGRAM_ERR_INVALID_ARG_VALUE;

    memset(&never, 0, sizeof never);
    assert_int_equal(dgram_send(socket, NULL, 5, &there, note_sent, &never),
                     code);
    assert_int_equal(
        dgram_send_to(socket, NULL, 5, "some.name", 9, note_sent, &never),
        code);
    assert_int_equal(dgram_sendv(socket, parts, 2, &there, note_sent, &never),
                     code);
    assert_int_equal(dgram_sendv(socket, NULL, 2, &there, note_sent, &never),
                     code);
    assert_int_equal(dgram_send_batch(socket, &one, 1, NULL, note_sent), code);
    one.payload = "lent!";
    one.flags = DGRAM_NO_COPY;
    assert_int_equal(dgram_send_batch(socket, &one, 1, NULL, NULL), code);
    assert_int_equal(dgram_send_batch(socket, NULL, 1, NULL, note_sent), code);
    assert_int_equal(dgram_send_batch(socket, NULL, 0, NULL, note_sent), 0);
    expect_untouched(socket, code);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    run_for(2);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(never.calls, 0);
}
BOTH(bad_payloads)

/* Misuse of the whole call is the status of each datagram. */
static void a_batch_is_refused_as_a_whole(dgram_type type) {
    dgram_address there = address_of(loopback(type), 9);
    dgram_outgoing two[2] = {{.payload = "x", .length = 1, .to = &there},
                             {.payload = "y", .length = 1, .to = &there}};
    dgram_socket *socket = new_bound(type);
    int status[3] = {77, 77, 77};

    assert_int_equal(dgram_send_batch(socket, NULL, 2, status, NULL),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(status[0], DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(status[1], DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(
        dgram_send_batch(socket, two, (size_t)INT32_MAX + 1, status + 2, NULL),
        DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_send_batch(socket, NULL, SIZE_MAX, status + 2, NULL),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_get_send_queue_count(socket), 0);
    dgram_close(socket);
    assert_int_equal(dgram_send_batch(socket, two, 2, status, NULL),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(status[0], DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(status[1], DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(status[2], 77);
    run_to_end();
}
BOTH(a_batch_is_refused_as_a_whole)

static void an_address_on_a_connected_socket(dgram_type type) {
    dgram_address there = address_of(loopback(type), 9);
    dgram_socket *socket = new_socket(type);

    memset(&never, 0, sizeof never);
    assert_int_equal(dgram_connect_sync(socket, NULL, 9), 0);
    refuse(socket, &there, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    refuse_host(socket, loopback(type), 9, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    refuse_host(socket, "some.name", 9, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    run_for(2);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(never.calls, 0);
}
BOTH(an_address_on_a_connected_socket)

static void a_closed_socket(dgram_type type) {
    dgram_address there = address_of(loopback(type), 9);
    dgram_socket *socket = new_bound(type);

    memset(&never, 0, sizeof never);
    dgram_close(socket);
    refuse(socket, &there, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    refuse(socket, NULL, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    refuse_host(socket, "some.name", 9, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_flush(socket), DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    run_to_end();
    assert_int_equal(never.calls, 0);
}
BOTH(a_closed_socket)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(bad_destinations),
        IN_LOOP_BOTH(bad_payloads),
        IN_LOOP_BOTH(a_batch_is_refused_as_a_whole),
        IN_LOOP_BOTH(an_address_on_a_connected_socket),
        IN_LOOP_BOTH(a_closed_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
