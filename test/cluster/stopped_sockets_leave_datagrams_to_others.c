/* A worker that has stopped receiving leaves the datagrams of a shared socket
   to the other workers, and ends as any other. */
#include "workers.h"

#define COUNT 30

static struct recorder recorders[2];
static dgram_socket *sockets[2];

/* Two workers that share a port; the first has stopped. */
static void begin(dgram_type type) {
    workers_open(2);
    for (int i = 0; i < 2; i++)
        sockets[i] =
            worker_bound(&workers.worker[i], loopback(type), 0, &recorders[i]);
    assert_int_equal(port_of(sockets[0]), port_of(sockets[1]));
    assert_int_equal(dgram_receive_stop(sockets[0]), 0);
}

static void send_some(int peer, const dgram_address *to) {
    for (int i = 0; i < COUNT; i++)
        peer_send_text(peer, "x", to);
}

static void by_turns(dgram_type type) {
    int peer = peer_open(type), before;
    dgram_address there;

    begin(type);
    there = loopback_of(sockets[0]);
    send_some(peer, &there);
    workers_run_until(&recorders[1].messages, COUNT);
    assert_int_equal(recorders[0].messages, 0);
    assert_int_equal(dgram_receive_stop(sockets[1]), 0);
    before = recorders[1].messages;
    send_some(peer, &there);
    workers_run_iterations(5);
    assert_int_equal(recorders[0].messages, 0);
    assert_int_equal(dgram_receive_start(sockets[0]), 0);
    workers_run_until(&recorders[0].messages, COUNT);
    assert_int_equal(recorders[1].messages, before);
    dgram_close(sockets[0]);
    dgram_close(sockets[1]);
    workers_end();
    peer_close(peer);
}
BOTH(by_turns)

/* The primary asks the worker to end. */
static void until_the_worker_ends(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there;

    begin(type);
    there = loopback_of(sockets[0]);
    send_some(peer, &there);
    assert_int_equal(dgram_connection_stop(workers.worker[0].connection), 0);
    workers_run_until(&recorders[0].closed, 1);
    workers_run_until(&recorders[1].messages, COUNT);
    assert_int_equal(recorders[0].messages, 0);
    dgram_close(sockets[1]);
    workers_end();
    peer_close(peer);
}
BOTH(until_the_worker_ends)

/* The worker closes its socket itself, after it was asked to end: it reads
   nothing more, although it is started. */
static void after_the_worker_was_asked_to_end(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    struct worker *worker;
    dgram_socket *socket;
    dgram_address there;

    (void)state;
    workers_open(0);
    worker = workers_add(true);
    socket = worker_bound(worker, "127.0.0.1", 0, &recorders[0]);
    there = loopback_of(socket);
    assert_int_equal(dgram_receive_stop(socket), 0);
    assert_int_equal(dgram_connection_stop(worker->connection), 0);
    workers_run_until(&worker->stopped, 1);
    send_some(peer, &there);
    assert_int_equal(dgram_receive_start(socket), 0);
    workers_run_iterations(5);
    assert_int_equal(recorders[0].messages, 0);
    dgram_close(socket);
    workers_end();
    peer_close(peer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(by_turns),
        IN_LOOP_BOTH(until_the_worker_ends),
        IN_LOOP(after_the_worker_was_asked_to_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
