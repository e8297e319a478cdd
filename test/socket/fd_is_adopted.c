/* A descriptor that the program opened becomes the socket's, with its family
   and peer. */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int adopt(dgram_socket *socket, int fd) {
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};

    return dgram_bind_with(socket, &options);
}

static void it_sends_and_receives(dgram_type type) {
    int peer = peer_open(type), fd = peer_open(type);
    dgram_address there = peer_address(peer), here = peer_address(fd), now;
    dgram_socket *socket = new_socket(type);
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(adopt(socket, fd), 0);
    assert_int_equal(dgram_fileno(socket), fd);
    assert_int_equal(dgram_get_local_address(socket, &now), 0);
    assert_true(dgram_address_equal(&now, &here));
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_int_equal(recorder.listening, 0);

    peer_send_text(peer, "ping", &here);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.log, "lm");
    dgram_send(socket, "pong", 4, &there, note_sent, &sent);
    run_until(&sent.calls, 1);
    peer_expect(peer, "pong");

    dgram_close(socket);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_int_equal(errno, EBADF);
    run_to_end();
    peer_close(peer);
}
BOTH(it_sends_and_receives)

static void the_type_follows_the_descriptor(dgram_type type) {
    dgram_type other = type == DGRAM_UDP6 ? DGRAM_UDP4 : DGRAM_UDP6;
    int peer = peer_open(type), fd = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(other);
    struct sent sent = {0};

    assert_int_equal(adopt(socket, fd), 0);
    assert_int_equal(dgram_get_type(socket), type);
    assert_int_equal(dgram_send(socket, "hello", 5, &there, note_sent, &sent),
                     0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, 5);
    peer_expect(peer, "hello");
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(the_type_follows_the_descriptor)

static void an_unbound_one_has_port_0(dgram_type type) {
    int fd = socket(type == DGRAM_UDP6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_socket(type);
    struct sent sent = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(adopt(socket, fd), 0);
    assert_int_equal(port_of(socket), 0);
    dgram_send(socket, "x", 1, &there, note_sent, &sent);
    run_until(&sent.calls, 1);
    peer_expect(peer, "x");
    assert_int_not_equal(port_of(socket), 0);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
    peer_close(peer);
}
BOTH(an_unbound_one_has_port_0)

static void a_connected_one_keeps_its_peer(dgram_type type) {
    int peer = peer_open(type), fd = peer_open(type), stranger;
    dgram_address there = peer_address(peer), here = peer_address(fd), remote;
    dgram_socket *socket = new_socket(type);
    struct sent sent = {0};
    struct recorder recorder;

    assert_int_equal(
        connect(fd, &there.any,
                type == DGRAM_UDP6 ? sizeof there.v6 : sizeof there.v4),
        0);
    record_events(&recorder, socket);
    assert_int_equal(adopt(socket, fd), 0);
    assert_int_equal(dgram_get_remote_address(socket, &remote), 0);
    assert_true(dgram_address_equal(&remote, &there));
    assert_int_equal(dgram_send(socket, "x", 1, &there, NULL, NULL),
                     DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    assert_int_equal(dgram_connect(socket, NULL, 9, NULL, NULL),
                     DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    assert_int_equal(dgram_send(socket, "yes", 3, NULL, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    peer_expect(peer, "yes");

    stranger = peer_open(type);
    peer_send_text(stranger, "no", &here);
    peer_send_text(peer, "yes", &here);
    run_until(&recorder.messages, 1);
    assert_string_equal(recorder.message[0].payload, "yes");
    assert_int_equal(dgram_disconnect(socket), 0);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
    peer_close(stranger);
}
BOTH(a_connected_one_keeps_its_peer)

static void buffer_sizes_are_applied(dgram_type type) {
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .receive_buffer_size = 50000,
                             .send_buffer_size = 60000};
    dgram_socket *socket = new_socket_with(&options);
    int fd = peer_open(type), size = 0;
    socklen_t length = sizeof size;

    assert_int_equal(adopt(socket, fd), 0);
    getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &length);
    assert_true(size == 50000 || size == 100000);
    getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &length);
    assert_true(size == 60000 || size == 120000);
    dgram_close(socket);
    run_to_end();
}
BOTH(buffer_sizes_are_applied)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(it_sends_and_receives),
        IN_LOOP_BOTH(the_type_follows_the_descriptor),
        IN_LOOP_BOTH(an_unbound_one_has_port_0),
        IN_LOOP_BOTH(a_connected_one_keeps_its_peer),
        IN_LOOP_BOTH(buffer_sizes_are_applied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
