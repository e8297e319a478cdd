/*
 * A primary on the test's loop, and workers that each have a loop of their own,
 * all in this process and thread. The loops are run in turn.
 */
#ifndef TEST_WORKERS_H
#define TEST_WORKERS_H

#include "peer.h"

#include <dgram_cluster.h>

#define WORKERS_MAX 4

struct worker {
    uv_loop_t loop;
    dgram_connection *connection; /* NULL: it has ended */
    int stopped, lost;            /* calls */
};

struct workers {
    dgram_primary *primary;
    int joined, listening, ready, left, closed; /* calls */
    dgram_address address;                      /* of the latest `listening` */
    struct worker worker[WORKERS_MAX];
    int count;
};

extern struct workers workers;

/* Creates a primary and `count` workers, and waits until all have joined. */
void workers_open(int count);

/* The same, with options of the primary. The callbacks and `data` are replaced.
 */
void workers_open_with(int count, dgram_primary_options options);

/* Adds a worker. With `callbacks` it has a `stop` and a `lost`, which count
   their calls. */
struct worker *workers_add(bool callbacks);

/* The same; `signals` is the option of dgram_worker_join(). */
struct worker *workers_add_with(bool callbacks, bool signals);

/* Runs all loops until *value >= goal; fails the test after 10 seconds. */
void workers_run_until(const int *value, int goal);

/* Runs this number of iterations of all loops. For events that must not
   happen. */
void workers_run_iterations(int turns);

/* Makes all workers leave and closes the primary. Fails the test if a handle
   stays on a loop or a descriptor stays open. */
void workers_end(void);

/* A socket on a worker's loop, with a recorder. */
dgram_socket *worker_socket(struct worker *worker, dgram_type type,
                            struct recorder *recorder);

/* The same, bound to this address; returns after `listening`. */
dgram_socket *worker_bound(struct worker *worker, const char *address,
                           uint16_t port, struct recorder *recorder);

/* Open descriptors of this process. */
int count_descriptors(void);

#endif
