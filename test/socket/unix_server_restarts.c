/* A connected Unix socket survives the restart of its server. */
#include "paths.h"

#include <unistd.h>

static struct recorder server;

static dgram_socket *start_server(void) {
    dgram_socket *socket = new_bound_to(path_of("server"));

    record_events(&server, socket);
    return socket;
}

static void stop_server(dgram_socket *socket) {
    assert_int_equal(dgram_close(socket), 0);
    run_until(&server.closed, 1);
    unlink(path_of("server"));
}

static int fate_of(dgram_socket *client, const char *payload) {
    struct sent sent = {0};

    assert_int_equal(
        dgram_send(client, payload, strlen(payload), NULL, note_sent, &sent),
        0);
    run_until(&sent.calls, 1);
    return sent.status;
}

static void no_datagram_is_lost_if_it_is_back(void **state) {
    dgram_socket *client = new_socket(DGRAM_UNIX), *socket = start_server();

    (void)state;
    assert_int_equal(dgram_connect_sync(client, path_of("server"), 0), 0);
    assert_int_equal(fate_of(client, "one"), 3);
    run_until(&server.messages, 1);
    stop_server(socket);
    socket = start_server();
    assert_int_equal(fate_of(client, "three"), 5);
    run_until(&server.messages, 1);
    assert_string_equal(server.message[0].payload, "three");
    stop_server(socket);
    dgram_close(client);
    run_to_end();
}

static void datagrams_fail_while_it_is_away(void **state) {
    dgram_socket *client = new_socket(DGRAM_UNIX), *socket = start_server();

    (void)state;
    assert_int_equal(dgram_connect_sync(client, path_of("server"), 0), 0);
    stop_server(socket);
    assert_int_equal(fate_of(client, "lost"), UV_ENOENT);
    assert_int_equal(fate_of(client, "lost"), UV_ENOENT);
    socket = start_server();
    assert_int_equal(fate_of(client, "four"), 4);
    run_until(&server.messages, 1);
    assert_string_equal(server.message[0].payload, "four");
    stop_server(socket);
    dgram_close(client);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(no_datagram_is_lost_if_it_is_back),
        IN_LOOP_WITH_FOLDER(datagrams_fail_while_it_is_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
