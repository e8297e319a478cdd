/* What a connected Unix socket finds in place of its server decides the fate of
   the next datagram, and of that one only. */
#include "paths.h"

#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

static dgram_socket *client;
static struct recorder errors;
static int server = -1;

static int open_at(int type, const char *name) {
    dgram_address to = unix_address(path_of(name));
    int fd = open_unix(type);

    assert_int_equal(bind(fd, &to.any, sizeof to.un.name), 0);
    return fd;
}

static void connect_to(int fd, const char *name) {
    dgram_address to = unix_address(path_of(name));

    assert_int_equal(connect(fd, &to.any, sizeof to.un.name), 0);
}

static void start_server(void) {
    server = open_at(SOCK_DGRAM, "server");
}

static void stop_server(void) {
    close(server);
    unlink(path_of("server"));
    server = -1;
}

static int fate(void) {
    struct sent sent = {0};

    assert_int_equal(dgram_send(client, "x", 1, NULL, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    return sent.status;
}

static void assert_received(int count) {
    char byte;

    for (int i = 0; i < count; i++)
        assert_int_equal(recv(server, &byte, 1, 0), 1);
    assert_int_equal(recv(server, &byte, 1, 0), -1);
}

static int begin(void **state) {
    int result = folder_open(state);

    start_server();
    client = new_bound_to(path_of("client"));
    record_events(&errors, client);
    assert_int_equal(dgram_connect_sync(client, path_of("server"), 0), 0);
    assert_int_equal(fate(), 1);
    assert_received(1);
    return result;
}

/* The next server gets the next datagram. */
static int end(void **state) {
    unlink(path_of("server"));
    start_server();
    assert_int_equal(fate(), 1);
    assert_received(1);
    expect_rest(4);
    dgram_close(client);
    run_to_end();
    stop_server();
    return folder_end(state);
}

static void by_nothing(void **state) {
    (void)state;
    stop_server();
    assert_int_equal(fate(), UV_ENOENT);
    assert_int_equal(fate(), UV_ENOENT);
    assert_int_equal(errors.errors, 0);
}

static void by_its_stale_file(void **state) {
    (void)state;
    close(server);
    assert_int_equal(fate(), UV_ECONNREFUSED);
    assert_int_equal(fate(), UV_ECONNREFUSED);
}

static void by_a_file(void **state) {
    (void)state;
    stop_server();
    close(open(path_of("server"), O_CREAT | O_WRONLY, 0600));
    assert_int_equal(fate(), UV_ECONNREFUSED);
}

static void by_a_stream_socket(void **state) {
    int other;

    (void)state;
    stop_server();
    other = open_at(SOCK_STREAM, "server");
    assert_int_equal(fate(), UV_EPROTOTYPE);
    close(other);
}

/* Root may pass anyway, so it is somebody else meanwhile. */
static void by_one_that_it_may_not_use(void **state) {
    bool is_root = geteuid() == 0;

    (void)state;
    stop_server();
    start_server();
    assert_int_equal(chmod(path_of("server"), 0), 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    assert_int_equal(fate(), UV_EACCES);
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    stop_server();
}

static void by_one_that_has_another_peer(void **state) {
    int other;

    (void)state;
    stop_server();
    start_server();
    other = open_at(SOCK_DGRAM, "other");
    connect_to(server, "other");
    assert_int_equal(fate(), UV_EPERM);
    assert_int_equal(fate(), UV_EPERM);
    close(other);
    stop_server();
}

/* The kernel discards what the server has not read, and has an error pending
   for the client: ECONNRESET. The next datagram does not fail with that. */
static void after_it_discarded_datagrams(void **state) {
    int other = open_at(SOCK_DGRAM, "other"), status;
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    const dgram_outgoing message = {.payload = "x", .length = 1};

    (void)state;
    connect_to(server, "client");
    assert_int_equal(fate(), 1);
    connect_to(server, "other");
    assert_int_equal(connect(server, &nobody, sizeof nobody), 0);
    assert_int_equal(dgram_try_send_batch(client, &message, 1, &status), 1);
    assert_int_equal(status, 1);
    assert_received(1);
    close(other);
    stop_server();
}

static void after_it_was_connected_back(void **state) {
    (void)state;
    connect_to(server, "client");
    stop_server();
    start_server();
    assert_int_equal(fate(), 1);
    assert_received(1);
    stop_server();
}

/* While the client is idle, it hears of that once at most. */
static void while_the_client_waits(void **state) {
    (void)state;
    connect_to(server, "client");
    stop_server();
    run_for(20);
    assert_in_range(errors.errors, 0, 1);
    expect_rest(4);
}

static void it_takes_another_peer_and_comes_back(void **state) {
    int other = open_at(SOCK_DGRAM, "other");

    (void)state;
    connect_to(server, "client");
    assert_int_equal(fate(), 1);
    assert_received(1);
    connect_to(server, "other");
    assert_int_equal(fate(), UV_EPERM);
    connect_to(server, "client");
    assert_int_equal(fate(), 1);
    assert_received(1);
    close(other);
    stop_server();
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_SERVER(by_nothing),
        WITH_SERVER(by_its_stale_file),
        WITH_SERVER(by_a_file),
        WITH_SERVER(by_a_stream_socket),
        WITH_SERVER(by_one_that_it_may_not_use),
        WITH_SERVER(by_one_that_has_another_peer),
        WITH_SERVER(after_it_discarded_datagrams),
        WITH_SERVER(after_it_was_connected_back),
        WITH_SERVER(while_the_client_waits),
        WITH_SERVER(it_takes_another_peer_and_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
