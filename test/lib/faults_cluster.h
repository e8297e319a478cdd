/*
 * A primary and its workers under counted faults, all in one process. Checks
 * that each callback that is owed is called once.
 *
 * A fault may end the connection of a worker. Functions that needed the
 * connection then return false, as they do under a lasting fault, and
 * cluster_try() runs the scenario once more.
 */
#ifndef TEST_FAULTS_CLUSTER_H
#define TEST_FAULTS_CLUSTER_H

#include "faults.h"

#include <dgram_cluster.h>

#define WORKERS_MAX 2
#define SOCKETS_MAX 4

/* A connection, as the primary sees it. */
struct connection {
    dgram_connection *handle; /* NULL: it has ended */
    int requested;            /* binds */
    int joined, listening, ready, left;
    uint16_t port; /* of the latest `listening` */
};

/* A worker. */
struct worker {
    uv_loop_t *loop;
    struct connection *connection; /* its latest; NULL: none yet */
    bool plain;                    /* has no callbacks */
    bool joined;                   /* and has not left */
    int stopped, lost;             /* calls since it joined */
};

/* A socket of a worker. Its events are counted until the sockets are closed,
   after the scenario. */
struct worker_socket {
    dgram_socket *socket; /* NULL: not made, or closed */
    dgram_listener listener;
    dgram_type type;
    struct worker *worker;
    int listening, received, errors, closed;
    int error; /* code of the latest */
    uint16_t port;
};

struct cluster {
    dgram_primary *primary; /* NULL: not made, or closed */
    int closed;
    struct worker worker[WORKERS_MAX];
};

extern struct cluster cluster;

/* Creates a primary, runs the scenario, ends everything and checks that nothing
   is left. Does so once more if the fault made the scenario return false. */
void cluster_try(bool (*scenario)(dgram_type type), dgram_type type,
                 unsigned linger_ms);

/* Connects the worker with the primary and waits until it has joined. The first
   worker runs on the primary's loop, the second on a loop of its own. */
bool cluster_join(struct worker *worker);

/* Makes the worker leave, and waits until its loop can join again. */
bool cluster_leave(struct worker *worker);

/* Whether the worker's connection has ended, by a fault or by the scenario. */
bool cluster_is_lost(const struct worker *worker);

/* Makes a socket on the worker's loop. */
bool cluster_new_socket(struct worker_socket *socket, struct worker *worker,
                        dgram_type type);

/* Begins to bind it to this port of loopback. */
bool cluster_request_bind(struct worker_socket *socket, uint16_t port);

/* Binds it unless it is bound, and waits for `listening`. */
bool cluster_bind(struct worker_socket *socket,
                  const dgram_bind_options *options);

/* Makes a socket and binds it to loopback and a free port. */
bool cluster_new_bound(struct worker_socket *socket, struct worker *worker,
                       dgram_type type);

/* Closes it and waits for the event. */
bool cluster_close_socket(struct worker_socket *socket);

/* Sends a datagram to the port of the sockets, and waits until one of them has
   received it. The second may be NULL. */
bool cluster_delivers(struct worker_socket *one, struct worker_socket *other);

/* Waits until no socket is bound to the port. */
bool cluster_frees_port(dgram_type type, uint16_t port);

#endif
