/*
 * A primary on the test's loop and workers with a loop each, all in this
 * process and thread; their loops are run by turns.
 */
#ifndef TEST_TEAM_H
#define TEST_TEAM_H

#include "peer.h"

#include <dgram_cluster.h>

#define WORKERS_MAX 4

struct team_worker {
    uv_loop_t loop;
    dgram_connection *connection; /* NULL: left */
    int stopped, lost;            /* calls */
    bool keeps;                   /* `stop` and `lost` only count */
};

struct team {
    dgram_primary *primary;
    int joined, listening, ready, left, closed; /* calls */
    dgram_address address;                      /* of the latest `listening` */
    struct team_worker worker[WORKERS_MAX];
    int count;
};

extern struct team team;

/* Makes a team of `count` and waits until all have joined. */
void team_open(int count);

/* The same with options of the primary; callbacks and data are set. */
void team_open_with(int count, dgram_primary_options options);

/* One more worker; with `callbacks` its `stop` and `lost` only count. */
struct team_worker *team_add(bool callbacks);

/* The same; with `signals` it is its to catch them. */
struct team_worker *team_add_with(bool callbacks, bool signals);

/* Runs all loops until *value >= goal; fails after 10 seconds. */
void team_run_until(const int *value, int goal);

/* Runs all loops for so many turns, for what must not happen. */
void team_run_turns(int turns);

/* Makes all workers leave and closes the primary; fails the test if anything
   stays on a loop or a descriptor stays open. */
void team_end(void);

/* A socket on a worker's loop, with a recorder. */
dgram_socket *team_socket(struct team_worker *worker, dgram_type type,
                          struct recorder *recorder);

/* The same, bound, once it listens. */
dgram_socket *team_bound(struct team_worker *worker, const char *address,
                         uint16_t port, struct recorder *recorder);

/* Open descriptors of this process. */
int count_descriptors(void);

#endif
