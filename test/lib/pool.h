/*
 * A spawner on the test's loop, and its worker processes. A worker is the test
 * program itself, started again; pool_work() is then its main():
 *
 *     if (dgram_is_worker())
 *         return pool_work(argc, argv);
 */
#ifndef TEST_POOL_H
#define TEST_POOL_H

#include "peer.h"

#include <dgram_cluster.h>

#define POOL_MAX 8

/* What the spawner's callbacks reported. The callbacks also check that nothing
   comes after `stopped`, and that as many workers have ended by then as were
   started. */
struct pool {
    dgram_spawner *spawner; /* NULL when it has stopped */
    int started, listening, ended, restarted, stopped; /* calls */
    int refused;           /* `ended` of workers that could not be started */
    int killed, signalled; /* ended: by SIGKILL, SIGTERM */
    int failed;            /* ended with a status, or refused */
    int64_t status;        /* of the latest that ended */
    int refusal;           /* code of the latest that was refused */
    int restart_status;    /* of the latest restart */
    dgram_address address; /* of the latest `listening` */
    int pid[POOL_MAX];     /* the latest of each */
};

extern struct pool pool;

/* Starts workers that do this `work`:
     "echo"      binds 127.0.0.1:`port` and echoes. After a datagram "leave" it
                 leaves and ends a little later; after "stay" it leaves and goes
                 on; after "stick" it hangs
     "late"      the same, but a timer sends the answers
     "deaf"      the same as "echo", but it does not end when asked
     "alone"     does not join
     "fails"     exits with 3
     "streams"   exits with the number of its standard streams that are the null
                 device
     "changing"  the same as "echo" unless TEST_POOL_CHANGED is in the
                 environment. Then it joins and binds nothing; with the value
                 "ready" it also calls dgram_worker_ready(), with "leaves"
                 dgram_worker_leave()
   With "alone" in TEST_POOL_CHANGED every work is "alone". */
void pool_open(unsigned workers, const char *work, uint16_t port);

/* The same with other options. Of the callbacks in `options`, only `ended` and
   `restarted` are called, after the call has been counted. `args` is replaced
   unless `work` is NULL. */
void pool_open_with(dgram_spawner_options options, const char *work,
                    uint16_t port);

/* The same, but returns an error instead of failing the test. */
int pool_try(dgram_spawner_options options, const char *work, uint16_t port);

/* Waits until the spawner has stopped and the loop has ended. */
void pool_run_out(void);

/* Stops the spawner and does the same. */
void pool_end(void);

/* Call it before the pool is opened. A worker that reads a datagram with a
   number below `most` then writes its pid to that element of the array. */
int *pool_note_readers(uint32_t most);
void pool_forget_readers(int *readers, uint32_t most);

int pool_work(int argc, char **argv);

/* Asks at the pool's address, and returns the pid of the worker that answers.
 */
int pool_ask(int peer);

#endif
