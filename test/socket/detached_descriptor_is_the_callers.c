/* dgram_detach() closes the socket and keeps its descriptor open: what waits in
   the kernel is for the next socket that adopts it. */
#include "peer.h"

#include <fcntl.h>
#include <netinet/udp.h>
#include <unistd.h>

static dgram_socket *adopted(dgram_type type, int fd) {
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};
    dgram_socket *socket = new_socket(type);

    assert_int_equal(dgram_bind_with(socket, &options), 0);
    return socket;
}

static void another_socket_goes_on(dgram_type type) {
    dgram_socket *first = new_bound(type), *second;
    dgram_address here = loopback_of(first), now;
    int peer = peer_open(type), fd;
    dgram_address there = peer_address(peer);
    struct recorder one, two;

    record_events(&one, first);
    peer_send_text(peer, "before", &here);
    fd = dgram_detach(first);
    assert_true(fd > 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    peer_send_text(peer, "after", &here);
    run_until(&one.closed, 1);
    assert_string_equal(one.log, "lx");

    second = adopted(type, fd);
    record_events(&two, second);
    assert_int_equal(dgram_get_local_address(second, &now), 0);
    assert_true(dgram_address_equal(&now, &here));
    run_until(&two.messages, 2);
    assert_string_equal(two.message[0].payload, "before");
    assert_string_equal(two.message[1].payload, "after");
    assert_int_equal(dgram_send(second, "hello", 5, &there, NULL, NULL), 0);
    dgram_close(second);
    peer_expect(peer, "hello");
    run_to_end();
    peer_close(peer);
}
BOTH(another_socket_goes_on)

static void the_peer_stays(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer), remote;
    dgram_socket *first = new_bound(type), *second;

    assert_int_equal(
        dgram_connect_sync(first, loopback(type), dgram_address_port(&there)),
        0);
    second = adopted(type, dgram_detach(first));
    assert_int_equal(dgram_get_remote_address(second, &remote), 0);
    assert_true(dgram_address_equal(&remote, &there));
    dgram_close(second);
    run_to_end();
    peer_close(peer);
}
BOTH(the_peer_stays)

static void queued_datagrams_are_sent(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    dgram_socket *socket = new_bound(type);
    struct sent sent = {0};
    int fd;

    dgram_send(socket, "queued", 6, &there, note_sent, &sent);
    fd = dgram_detach(socket);
    peer_expect(peer, "queued");
    run_to_end();
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, 6);
    close(fd);
    peer_close(peer);
}
BOTH(queued_datagrams_are_sent)

static void a_connect_is_cancelled(dgram_type type) {
    int peer = peer_open(type), fd;
    dgram_address there = peer_address(peer), remote;
    dgram_socket *socket = new_bound(type), *second;
    struct sent connected = {0};
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_connect(socket, loopback(type),
                                   dgram_address_port(&there), note_sent,
                                   &connected),
                     0);
    fd = dgram_detach(socket);
    run_to_end();
    assert_int_equal(connected.calls, 1);
    assert_int_equal(connected.status, UV_ECANCELED);
    assert_string_equal(recorder.log, "lx");
    second = adopted(type, fd);
    assert_int_equal(dgram_get_remote_address(second, &remote),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_CONNECTED);
    dgram_close(second);
    run_to_end();
    peer_close(peer);
}
BOTH(a_connect_is_cancelled)

static void it_is_refused_without_a_descriptor(dgram_type type) {
    dgram_socket *socket = new_socket(type);

    assert_int_equal(dgram_detach(socket), UV_EBADF);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    assert_int_equal(dgram_detach(socket), UV_EBADF);
    dgram_close(socket);
    assert_int_equal(dgram_detach(socket), DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    run_to_end();
}
BOTH(it_is_refused_without_a_descriptor)

static void a_detached_socket_leaves_the_descriptor_alone(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    int fd = dgram_detach(socket);

    assert_true(fd > 0);
    assert_int_equal(dgram_detach(socket), DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_connect(socket, NULL, 9, NULL, NULL),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_disconnect(socket),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_set_shared(socket, true),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_attach_filter(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    run_to_end();
    close(fd);
}
BOTH(a_detached_socket_leaves_the_descriptor_alone)

#if defined(TEST_COALESCES)
static int coalesces(const dgram_socket *socket) {
    int on = 0;
    socklen_t size = sizeof on;

    getsockopt(dgram_fileno(socket), IPPROTO_UDP, UDP_GRO, &on, &size);
    return on;
}

/* And what is coalesced already is split. */
static void a_socket_without_gro_turns_it_off(dgram_type type) {
    const dgram_options options = {
        .size = sizeof options, .type = type, .offload = DGRAM_OFFLOAD_OFF};
    dgram_socket *first = new_bound(type), *sender = new_bound(type);
    dgram_socket *second = new_socket_with(&options);
    dgram_bind_options bind = {.size = sizeof bind};
    dgram_address here = loopback_of(first);
    struct recorder recorder;

    assert_true(coalesces(first));
    for (int i = 0; i < 40; i++)
        dgram_send(sender, "same", 4, &here, NULL, NULL);
    assert_int_equal(dgram_flush(sender), 0);
    record_events(&recorder, second);
    bind.fd = dgram_detach(first);
    assert_int_equal(dgram_bind_with(second, &bind), 0);
    assert_false(coalesces(second));
    run_until(&recorder.messages, 40);
    assert_int_equal(recorder.message[0].length, 4);
    assert_int_equal(recorder.messages, 40);
    dgram_close(second);
    dgram_close(sender);
    run_to_end();
}
BOTH(a_socket_without_gro_turns_it_off)
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(another_socket_goes_on),
        IN_LOOP_BOTH(the_peer_stays),
        IN_LOOP_BOTH(queued_datagrams_are_sent),
        IN_LOOP_BOTH(a_connect_is_cancelled),
        IN_LOOP_BOTH(it_is_refused_without_a_descriptor),
        IN_LOOP_BOTH(a_detached_socket_leaves_the_descriptor_alone),
#if defined(TEST_COALESCES)
        IN_LOOP_BOTH(a_socket_without_gro_turns_it_off),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
