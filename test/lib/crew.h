/*
 * A primary and its workers under counted faults, all in one process: who was
 * promised what, and whether it came, once.
 *
 * A fault may cost a worker its connection. What needed it gives false then, as
 * under a lasting fault, and the scenario begins again, once (crew_try()).
 */
#ifndef TEST_CREW_H
#define TEST_CREW_H

#include "faults.h"

#include <dgram_cluster.h>

#define HANDS_MAX 2
#define BERTHS_MAX 4

/* A connection, as the primary sees it. */
struct link {
    dgram_connection *connection; /* NULL: left, or ended */
    int asked;                    /* binds that may be asked for */
    int joined, listening, ready, left;
    uint16_t port; /* of the latest `listening` */
};

/* A worker. */
struct hand {
    uv_loop_t *loop;
    struct link *link; /* its latest; NULL: none yet */
    bool plain;        /* has no callbacks */
    bool joined;       /* is a worker: from joining to leaving */
    int stopped, lost; /* told since it joined */
};

/* A socket of a worker; it is told until the end, after the scenario. */
struct berth {
    dgram_socket *socket; /* NULL: not made, or closed */
    dgram_listener listener;
    dgram_type type;
    struct hand *hand;
    int listening, heard, errors, closed;
    int error; /* code of the latest */
    uint16_t port;
};

struct crew {
    dgram_primary *primary; /* NULL: not made, or closed */
    int closed;
    struct hand hand[HANDS_MAX];
};

extern struct crew crew;

/* Goes through the scenario, and once more if the fault cut it short. It runs
   between a made primary and the check that nothing is left. */
void crew_try(bool (*scenario)(dgram_type type), dgram_type type,
              unsigned linger_ms);

/* Connects the hand with the primary and waits until it has joined: the first
   on the primary's loop, the second on one of its own. */
bool crew_hire(struct hand *hand);

/* Makes the hand leave, and waits until the loop could join again. */
bool crew_leave(struct hand *hand);

/* Whether the hand's connection has ended, which only a fault or the scenario
   brings about. */
bool crew_is_lost(const struct hand *hand);

/* Makes a socket on the hand's loop. */
bool crew_socket(struct berth *berth, struct hand *hand, dgram_type type);

/* Binds it to a port of loopback, and does not wait. */
bool crew_ask(struct berth *berth, uint16_t port);

/* Binds it, unless it listens already, and waits until it does. */
bool crew_bind(struct berth *berth, const dgram_bind_options *options);

/* The same for a new one, and a free port. */
bool crew_berth(struct berth *berth, struct hand *hand, dgram_type type);

/* Closes it, and waits for the event. */
bool crew_close(struct berth *berth);

/* Sends a datagram to the port, and waits until one of two sockets of it has
   heard it; the second may be NULL. */
bool crew_hears(struct berth *one, struct berth *other);

/* Waits until nobody has the port any more. */
bool crew_frees(dgram_type type, uint16_t port);

#endif
