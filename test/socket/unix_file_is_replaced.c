/* A bind to a path replaces a socket file that nobody is bound to any more, and
   nothing else. */
#include "paths.h"

#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

static int try_bind(const char *path, bool keep) {
    dgram_socket *socket = new_socket(DGRAM_UNIX);
    const dgram_bind_options options = {
        .size = sizeof options, .address = path, .unix_keep_file = keep};
    int result = dgram_bind_sync_with(socket, &options);

    assert_int_equal(dgram_close(socket), 0);
    return result;
}

/* The file of a server that was killed. */
static void leave_file(const char *path, int type) {
    dgram_address address = unix_address(path);
    int fd = socket(AF_UNIX, type, 0);

    assert_int_equal(bind(fd, &address.any, sizeof address.un.name), 0);
    close(fd);
}

static void an_old_file_is_replaced(void **state) {
    dgram_socket *server = new_socket(DGRAM_UNIX);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, server);
    leave_file(path_of("it"), SOCK_DGRAM);
    assert_int_equal(dgram_bind(server, path_of("it"), 0), 0);
    run_until(&recorder.listening, 1);
    dgram_close(server);
    run_to_end();
    leave_file(path_of("it"), SOCK_STREAM);
    assert_int_equal(try_bind(path_of("it"), false), 0);
    assert_int_equal(access(path_of("it"), F_OK), -1);
    run_to_end();
}

static void it_is_kept_on_request(void **state) {
    (void)state;
    leave_file(path_of("it"), SOCK_DGRAM);
    assert_int_equal(try_bind(path_of("it"), true), UV_EADDRINUSE);
    assert_int_equal(access(path_of("it"), F_OK), 0);
    run_to_end();
}

static void a_file_in_use_stays(void **state) {
    dgram_socket *server = new_bound_to(path_of("it")), *client;
    struct recorder recorder;

    (void)state;
    record_events(&recorder, server);
    assert_int_equal(try_bind(path_of("it"), false), UV_EADDRINUSE);
    client = new_socket(DGRAM_UNIX);
    assert_int_equal(
        dgram_send_to(client, "still here", 10, path_of("it"), 0, NULL, NULL),
        0);
    run_until(&recorder.messages, 1);
    dgram_close(client);
    dgram_close(server);
    run_to_end();
}

/* Its queue is full, it has another peer, or it is a stream. */
static void other_sockets_in_use_stay(void **state) {
    dgram_address address = unix_address(path_of("stream"));
    dgram_socket *server = new_bound_to(path_of("it"));
    dgram_socket *peer = new_bound_to(path_of("peer"));
    int stream = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(bind(stream, &address.any, sizeof address.un.name), 0);
    assert_int_equal(listen(stream, 1), 0);
    assert_int_equal(dgram_connect_sync(server, path_of("peer"), 0), 0);
    assert_int_equal(try_bind(path_of("it"), false), UV_EADDRINUSE);
    assert_int_equal(try_bind(path_of("stream"), false), UV_EADDRINUSE);
    assert_int_equal(access(path_of("it"), F_OK), 0);
    assert_int_equal(access(path_of("stream"), F_OK), 0);
    close(stream);
    dgram_close(server);
    dgram_close(peer);
    run_to_end();
}

static void what_is_no_socket_stays(void **state) {
    (void)state;
    close(open(path_of("file"), O_CREAT | O_WRONLY, 0600));
    assert_int_equal(mkdir(path_of("folder"), 0700), 0);
    assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
    leave_file(path_of("old"), SOCK_DGRAM);
    assert_int_equal(symlink(path_of("old"), path_of("link")), 0);
    assert_int_equal(symlink("nowhere", path_of("dangling")), 0);
    for (const char *names = "file\0folder\0fifo\0link\0dangling\0"; *names;
         names += strlen(names) + 1) {
        struct stat status;

        assert_int_equal(try_bind(path_of(names), false), UV_EADDRINUSE);
        assert_int_equal(lstat(path_of(names), &status), 0);
    }
    assert_int_equal(access(path_of("old"), F_OK), 0);
    assert_int_equal(access(path_of("nowhere"), F_OK), -1);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(an_old_file_is_replaced),
        IN_LOOP_WITH_FOLDER(it_is_kept_on_request),
        IN_LOOP_WITH_FOLDER(a_file_in_use_stays),
        IN_LOOP_WITH_FOLDER(other_sockets_in_use_stay),
        IN_LOOP_WITH_FOLDER(what_is_no_socket_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
