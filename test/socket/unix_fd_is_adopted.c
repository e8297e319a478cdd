/* A Unix socket adopts a Unix datagram socket of the program, and no other. */
#include "paths.h"

#include <unistd.h>

static int adopt(dgram_socket *s, int fd) {
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};

    return dgram_bind_sync_with(s, &options);
}

static void expect_refused(dgram_type type, int family, int kind) {
    dgram_socket *s = new_socket(type);
    int fd = socket(family, kind, 0);

    assert_true(fd >= 0);
    assert_int_equal(adopt(s, fd), DGRAM_ERR_INVALID_FD_TYPE);
    assert_int_equal(dgram_get_type(s), type);
    assert_int_equal(close(fd), 0);
    dgram_close(s);
    run_to_end();
}

static void other_sockets_are_refused(void **state) {
    (void)state;
    expect_refused(DGRAM_UNIX, AF_INET, SOCK_DGRAM);
    expect_refused(DGRAM_UNIX, AF_INET6, SOCK_DGRAM);
    expect_refused(DGRAM_UNIX, AF_UNIX, SOCK_STREAM);
    expect_refused(DGRAM_UNIX, AF_UNIX, SOCK_SEQPACKET);
    expect_refused(DGRAM_UDP4, AF_UNIX, SOCK_DGRAM);
    expect_refused(DGRAM_UDP6, AF_UNIX, SOCK_DGRAM);
}

/* It has a peer, and neither has a name. */
static void an_end_of_a_pair_is_connected(void **state) {
    dgram_socket *s = new_socket(DGRAM_UNIX);
    struct recorder recorder;
    struct sent sent = {0};
    dgram_address peer;
    int ends[2];
    char bytes[8];

    (void)state;
    record_events(&recorder, s);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    assert_int_equal(adopt(s, ends[0]), 0);
    run_until(&recorder.listening, 1);
    assert_string_equal(name_of(s), "");
    assert_int_equal(dgram_get_remote_address(s, &peer), 0);
    assert_int_equal(peer.un.length, 0);
    assert_int_equal(send(ends[1], "hello", 5, 0), 5);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "hello");
    assert_int_equal(recorder.message[0].from.un.length, 0);
    assert_int_equal(dgram_send(s, "answer", 6, NULL, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(recv(ends[1], bytes, sizeof bytes, 0), 6);
    dgram_close(s);
    run_to_end();
    close(ends[1]);
}

/* Without a name there is nothing to connect to again. */
static void the_other_end_of_a_pair_may_close(void **state) {
    dgram_socket *s = new_socket(DGRAM_UNIX);
    struct sent sent = {0};
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    assert_int_equal(adopt(s, ends[0]), 0);
    close(ends[1]);
    for (int i = 1; i <= 2; i++) {
        assert_int_equal(dgram_send(s, "x", 1, NULL, note_sent, &sent), 0);
        run_until(&sent.calls, i);
        assert_true(sent.status == UV_ECONNREFUSED ||
                    sent.status == UV_ENOTCONN);
    }
    dgram_close(s);
    run_to_end();
}

static void a_bound_one_receives(void **state) {
    dgram_socket *s = new_socket(DGRAM_UNIX), *client = new_socket(DGRAM_UNIX);
    dgram_address address = unix_address(path_of("it"));
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, s);
    assert_int_equal(bind(fd, &address.any, sizeof address.un.name), 0);
    assert_int_equal(adopt(s, fd), 0);
    assert_string_equal(name_of(s), path_of("it"));
    assert_int_equal(
        dgram_send_to(client, "hello", 5, path_of("it"), 0, NULL, NULL), 0);
    run_until(&recorder.messages, 1);
    dgram_close(client);
    dgram_close(s);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(other_sockets_are_refused),
        IN_LOOP_WITH_FOLDER(an_end_of_a_pair_is_connected),
        IN_LOOP_WITH_FOLDER(the_other_end_of_a_pair_may_close),
        IN_LOOP_WITH_FOLDER(a_bound_one_receives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
