/* A worker reads one datagram of a shared socket at a time. The others answer
   the rest, also if this worker hangs or dies. */
#include "pool.h"
#include "workers.h"

#include <signal.h>

#define COUNT 30 /* fewer than one wake-up may read */

static void a_worker_that_hangs_keeps_one_datagram(void **state) {
    int peer = peer_open(DGRAM_UDP4);

    (void)state;
    pool_open(2, "echo", 0);
    run_until(&pool.listening, 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(kill(pool.pid[i], SIGSTOP), 0);
    peer_send_text(peer, "stick", &pool.address);
    for (int i = 0; i < COUNT; i++)
        peer_send(peer, &i, sizeof i, &pool.address);
    for (int i = 0; i < 2; i++)
        assert_int_equal(kill(pool.pid[i], SIGCONT), 0);
    for (int i = 0; i < COUNT; i++) {
        int got;

        assert_int_equal(peer_receive(peer, &got, sizeof got, NULL),
                         sizeof got);
        assert_int_equal(got, i);
    }
    /* One of them does not end when asked. */
    dgram_spawner_stop(pool.spawner);
    run_until(&pool.ended, 1);
    dgram_spawner_stop(pool.spawner);
    pool_run_out();
    assert_int_equal(pool.killed, 1);
    peer_close(peer);
}

/* A worker that has left still shares the socket with the others. */
static void a_worker_that_left_reads_one_at_a_time(void **state) {
    int peer = peer_open(DGRAM_UDP4);
    struct worker *worker;
    dgram_socket *socket;
    dgram_address there;
    struct recorder recorder;

    (void)state;
    workers_open(1);
    worker = &workers.worker[0];
    socket = worker_bound(worker, "127.0.0.1", 0, &recorder);
    there = loopback_of(socket);
    assert_int_equal(dgram_worker_leave(&worker->loop), 0);
    workers_run_until(&workers.left, 1);
    workers_run_iterations(2);
    for (int i = 0; i < COUNT; i++)
        peer_send(peer, &i, sizeof i, &there);
    workers_run_until(&recorder.messages, COUNT);
    assert_int_equal(recorder.batches, COUNT);
    dgram_close(socket);
    workers_end();
    peer_close(peer);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(a_worker_that_hangs_keeps_one_datagram),
        IN_LOOP(a_worker_that_left_reads_one_at_a_time),
    };

    if (dgram_is_worker())
        return pool_work(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
