/* Every call that Unix sockets make fails in turn: the bind to a path and its
   file, the connect, the server that restarts, and the close. */
#include "faults_sockets.h"

#include <dirent.h>
#include <unistd.h>

#include <sys/stat.h>

static char folder[64], path[96];

static int files_left(void) {
    DIR *files = opendir(folder);
    int count = -2;

    assert_non_null(files);
    while (readdir(files) != NULL)
        count++;
    closedir(files);
    return count;
}

static bool create(struct tracked *tracked) {
    const dgram_options options = {
        .size = sizeof options,
        .type = DGRAM_UNIX,
        .receive_info = DGRAM_INFO_CREDENTIALS | DGRAM_INFO_TIMESTAMP,
    };

    return tracked_create(tracked, &options);
}

/* The fault may hit the socket that finds out whether an old file is in use. */
static bool explain(int result, bool repeated) {
    return result == UV_EADDRINUSE && faults_occurred() && !repeated
               ? true
               : faults_explain(result, repeated);
}

static bool had_old_file; /* at the path, before the bind */

static bool bind_once(struct tracked *server, bool repeated) {
    const dgram_bind_options options = {
        .size = sizeof options, .address = path, .unix_mode = 0606};

    if (!explain(dgram_bind_sync_with(server->socket, &options), repeated))
        return true;
    if (!had_old_file && !faults_are_lasting())
        assert_int_equal(access(path, F_OK), -1);
    return false;
}

static bool bind_server(struct tracked *server) {
    if (!create(server) ||
        (!bind_once(server, false) && !bind_once(server, true)))
        return false;
    WAIT(server->listening == 1);
    assert_int_equal(dgram_address_unix(path, &server->where), 0);
    return true;
}

/* Calls of the test do not count. */
static void remove_file(void) {
    faults_pause(true);
    unlink(path);
    faults_pause(false);
}

/* It may stay if it cannot be removed. */
static void expect_no_file(void) {
    if (!faults_occurred())
        assert_int_equal(files_left(), 0);
    remove_file();
    assert_int_equal(files_left(), 0);
}

static void leave_old_file(void) {
    dgram_address address;
    int fd;

    faults_pause(true);
    assert_int_equal(dgram_address_unix(path, &address), 0);
    fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, &address.any, sizeof address.un.name), 0);
    close(fd);
    faults_pause(false);
}

/* A bind that failed leaves no file, and a bound one has its permissions. */
static void bound_to_a_path(dgram_type type) {
    struct tracked server, other;
    struct stat status;

    (void)type;
    tracking_begin();
    if (bind_server(&server)) {
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0606);
    }
    if (create(&other)) {
        int result = dgram_bind_sync(other.socket, path, 0);

        assert_true(result == UV_EADDRINUSE || faults_occurred());
    }
    tracking_end();
    expect_no_file();
}

/* What is there is removed only after all checks. */
static void bound_over_an_old_file(dgram_type type) {
    struct tracked server;

    (void)type;
    leave_old_file();
    had_old_file = true;
    tracking_begin();
    bind_server(&server);
    tracking_end();
    had_old_file = false;
    expect_no_file();
}

static bool connect_to_path(struct tracked *client) {
    if (!TRY(dgram_connect_sync(client->socket, path, 0)))
        return false;
    WAIT(client->connected == 1);
    return true;
}

/* Some datagrams to a server, and some to the next one at its path. */
static void server_restarts(dgram_type type) {
    struct tracked server, next, client;

    (void)type;
    tracking_begin();
    if (bind_server(&server) && create(&client) && connect_to_path(&client)) {
        for (int i = 0; i < 3; i++)
            datagrams_send(&client, &server, SEND_TO_PEER, 20);
        datagrams_settle();
        dgram_close(server.socket);
        WAIT(server.closed == 1);
        if (bind_server(&next)) {
            for (int i = 0; i < 3; i++)
                datagrams_send(&client, &next, SEND_TO_PEER, 20);
            datagrams_settle();
        }
    }
    tracking_end();
    expect_no_file();
}

/* More datagrams than the queue of the server holds (10 by default). */
static void overflow(enum send_form form, bool connected) {
    struct tracked server, client;

    tracking_begin();
    if (bind_server(&server) && create(&client) &&
        (!connected || connect_to_path(&client))) {
        dgram_receive_stop(server.socket);
        for (int i = 0; i < 14; i++)
            datagrams_send(&client, &server, form, 600);
        for (int i = 0; i < 3; i++)
            uv_run(&test_loop, UV_RUN_NOWAIT);
        dgram_receive_start(server.socket);
        datagrams_settle();
    }
    tracking_end();
    expect_no_file();
}

static void full_queue(dgram_type type) {
    (void)type;
    overflow(SEND_TO_ADDRESS, false);
}

static void full_queue_without_copying(dgram_type type) {
    (void)type;
    overflow(SEND_NO_COPY, false);
}

static void full_queue_of_the_peer(dgram_type type) {
    (void)type;
    overflow(SEND_TO_PEER, true);
}

/* It is closed while datagrams wait for it. */
static void full_queue_at_the_close(dgram_type type) {
    struct tracked server, client;
    struct sent sent = {0};
    int accepted = 0;

    (void)type;
    tracking_begin();
    if (bind_server(&server) && create(&client)) {
        dgram_receive_stop(server.socket);
        for (int i = 0; i < 14; i++)
            accepted += dgram_send(client.socket, "x", 1, &server.where,
                                   note_sent, &sent) == 0;
        for (int i = 0; i < 3; i++)
            uv_run(&test_loop, UV_RUN_NOWAIT);
        dgram_close(client.socket);
        run_until(&sent.calls, accepted);
    }
    tracking_end();
    assert_int_equal(sent.calls, accepted);
    expect_no_file();
}

static void test_all(void **state) {
    (void)state;
    faults_try("bound_to_a_path", bound_to_a_path, DGRAM_UNIX);
    faults_try("bound_over_an_old_file", bound_over_an_old_file, DGRAM_UNIX);
    faults_try("server_restarts", server_restarts, DGRAM_UNIX);
    faults_try("full_queue", full_queue, DGRAM_UNIX);
    faults_try("full_queue_without_copying", full_queue_without_copying,
               DGRAM_UNIX);
    faults_try("full_queue_of_the_peer", full_queue_of_the_peer, DGRAM_UNIX);
    faults_try("full_queue_at_the_close", full_queue_at_the_close, DGRAM_UNIX);
}

static int open_folder(void **state) {
    (void)state;
    strcpy(folder, "/tmp/dgram-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/it", folder);
    umask(022); /* masks a bit of the permissions */
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
    };

    return cmocka_run_group_tests(tests, open_folder, remove_folder);
}
