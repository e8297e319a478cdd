/* A descriptor that is no UDP socket is refused inside the call and left
   unchanged. */
#include "peer.h"

#include <fcntl.h>
#include <unistd.h>

static int adopt(dgram_socket *socket, int fd) {
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};

    return dgram_bind_with(socket, &options);
}

/* Offers the descriptor, and expects that it and its flags are unchanged. */
static void refuse(dgram_socket *socket, int fd, int code) {
    int flags = fcntl(fd, F_GETFL);

    assert_true(fd > 0);
    assert_true(flags >= 0);
    assert_int_equal(adopt(socket, fd), code);
    assert_int_equal(dgram_last_error(socket)->code, code);
    assert_int_equal(fcntl(fd, F_GETFL), flags);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
}

static void other_kinds_of_descriptors(dgram_type type) {
    int family = type == DGRAM_UDP6 ? AF_INET6 : AF_INET;
    int fds[6], pair[2];
    dgram_socket *socket_ = new_socket(type);
    struct recorder recorder;

    record_events(&recorder, socket_);
    fds[0] = socket(family, SOCK_STREAM, 0);
    fds[1] = socket(AF_UNIX, SOCK_STREAM, 0);
    fds[2] = socket(AF_UNIX, SOCK_DGRAM, 0);
    fds[3] = open("/dev/null", O_RDWR);
    assert_int_equal(pipe(pair), 0);
    fds[4] = pair[0];
    fds[5] = pair[1];
    for (int i = 0; i < 6; i++) {
        refuse(socket_, fds[i], DGRAM_ERR_INVALID_FD_TYPE);
        assert_int_equal(close(fds[i]), 0);
    }
    assert_int_equal(dgram_bind(socket_, loopback(type), 0), 0);
    run_until(&recorder.listening, 1);
    dgram_close(socket_);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
}
BOTH(other_kinds_of_descriptors)

static void no_descriptor_at_all(dgram_type type) {
    dgram_socket *socket = new_socket(type);
    int fd = peer_open(type);

    peer_close(fd);
    assert_int_equal(adopt(socket, fd), UV_EBADF);
    assert_int_equal(adopt(socket, 0x7fffffff), UV_EBADF);
    dgram_close(socket);
    run_to_end();
}
BOTH(no_descriptor_at_all)

static void one_that_the_loop_watches(dgram_type type) {
    dgram_socket *first = new_socket(type), *second = new_socket(type);
    int fd = peer_open(type), peer = peer_open(type);
    dgram_address here = peer_address(fd);
    struct recorder recorder;
    char text[64];

    record_events(&recorder, first);
    assert_int_equal(adopt(first, fd), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(adopt(second, fd), UV_EEXIST);
    dgram_error_format(dgram_last_error(second), text, sizeof text);
    assert_string_equal(text, "open EEXIST");
    peer_send_text(peer, "still there", &here);
    run_until(&recorder.messages, 1);
    assert_int_equal(dgram_bind_sync(second, loopback(type), 0), 0);
    dgram_close(first);
    dgram_close(second);
    run_to_end();
    peer_close(peer);
}
BOTH(one_that_the_loop_watches)

static void fd_0_and_less_mean_none(dgram_type type) {
    static const int none[] = {0, -1, -1000};

    for (int i = 0; i < 3; i++) {
        dgram_socket *socket = new_socket(type);
        const dgram_bind_options options = {
            .size = sizeof options, .address = loopback(type), .fd = none[i]};
        struct recorder recorder;

        record_events(&recorder, socket);
        assert_int_equal(dgram_bind_with(socket, &options), 0);
        run_until(&recorder.listening, 1);
        assert_true(dgram_fileno(socket) > 0);
        dgram_close(socket);
        run_to_end();
    }
}
BOTH(fd_0_and_less_mean_none)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(other_kinds_of_descriptors),
        IN_LOOP_BOTH(no_descriptor_at_all),
        IN_LOOP_BOTH(one_that_the_loop_watches),
        IN_LOOP_BOTH(fd_0_and_less_mean_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
