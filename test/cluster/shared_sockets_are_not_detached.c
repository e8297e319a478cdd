/* The descriptor of a shared bind belongs to the cluster: dgram_detach()
   refuses it, and the socket goes on. An exclusive bind has a descriptor of its
   own. */
#include "workers.h"

#include <unistd.h>

static struct recorder recorder;

static void a_shared_bind_is_refused(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there;
    dgram_socket *socket;

    workers_open(1);
    socket = worker_bound(&workers.worker[0], loopback(type), 0, &recorder);
    there = loopback_of(socket);
    assert_int_equal(dgram_detach(socket), UV_ENOTSUP);
    assert_int_equal(dgram_last_error(socket)->code, UV_ENOTSUP);
    peer_send_text(peer, "x", &there);
    workers_run_until(&recorder.messages, 1);
    dgram_close(socket);
    workers_end();
    peer_close(peer);
}
BOTH(a_shared_bind_is_refused)

static void an_exclusive_bind_is_detached(dgram_type type) {
    const dgram_bind_options options = {
        .size = sizeof options, .address = loopback(type), .exclusive = true};
    dgram_socket *socket;
    int fd;

    workers_open(1);
    socket = worker_socket(&workers.worker[0], type, &recorder);
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    workers_run_until(&recorder.listening, 1);
    fd = dgram_detach(socket);
    assert_true(fd > 0);
    workers_run_until(&recorder.closed, 1);
    assert_int_equal(close(fd), 0);
    workers_end();
}
BOTH(an_exclusive_bind_is_detached)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(a_shared_bind_is_refused),
        IN_LOOP_BOTH(an_exclusive_bind_is_detached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
