/*
 * A spawner on the test's loop, and what its workers do: the test's program
 * itself is started again, and pool_work() is then its main().
 *
 *     if (dgram_is_worker())
 *         return pool_work(argc, argv);
 */
#ifndef TEST_POOL_H
#define TEST_POOL_H

#include "peer.h"

#include <dgram_cluster.h>

#define POOL_MAX 8

/* What the spawner's callbacks said, and pool.c holds them to: who calls, that
   no more end than were started, that nothing comes after `stopped`, and that
   all that were started have ended by then. */
struct pool {
    dgram_spawner *spawner; /* NULL when it has stopped */
    int started, listening, ended, restarted, stopped; /* calls */
    int refused;           /* `ended` of what could not be started */
    int killed, signalled; /* ended: by SIGKILL, SIGTERM */
    int failed;            /* ended with a status, or refused */
    int64_t status;        /* of the latest that ended */
    int refusal;           /* code of the latest that was refused */
    int restart_status;    /* of the latest restart */
    dgram_address address; /* of the latest `listening` */
    int pid[POOL_MAX];     /* the latest of each */
};

extern struct pool pool;

/* Starts workers that do `work`: "echo" binds 127.0.0.1:`port` and echoes,
   "late" answers from a timer, "deaf" echoes and does not end when asked,
   "fails" exits with 3, "streams" with the number of its
   standard streams that are the null device, "alone" does not join; "changing"
   is "echo", or, with TEST_POOL_CHANGED in the environment, joins and shares
   nothing, and with the value "ready" says that it is, with "leaves" leaves and
   lives on. With the value "alone" all works are that.

   "echo" that reads "leave" leaves and ends by itself a while later; one that
   reads "stay" leaves and goes on. Whoever reads "stick" does nothing more. */
void pool_open(unsigned workers, const char *work, uint16_t port);

/* The same with other options. Its callbacks `ended` and `restarted` are called
   when the call has been counted; the other callbacks are set, and args, unless
   `work` is NULL. */
void pool_open_with(dgram_spawner_options options, const char *work,
                    uint16_t port);

/* The same, but it may fail: gives the code. */
int pool_try(dgram_spawner_options options, const char *work, uint16_t port);

/* Waits for the end of a stop, and for that of the loop. */
void pool_run_out(void);

/* Stops it and does that. */
void pool_end(void);

/* Before the pool is opened: who reads a datagram that begins with a number
   below `most` puts its pid at that number. */
int *pool_note_readers(uint32_t most);
void pool_forget_readers(int *readers, uint32_t most);

int pool_work(int argc, char **argv);

/* Asks for the pid of whoever answers at the pool's address. */
int pool_ask(int peer);

#endif
