/*
 * A worker's leases with a primary that is the test itself: it reads and writes
 * the messages at the other end of the connection.
 */
#ifndef TEST_LEASE_WORKER_H
#define TEST_LEASE_WORKER_H

#include "harness.h"
#include "memory.h"

#include "cluster/leases.h"

#define BINDS_MAX 3

extern struct lease_worker {
    struct loop *loop;
    struct channel channel;
    struct leases leases;
    int primary; /* the primary's end of the connection; -1: closed */
    int ended;   /* calls: the connection has ended */
    dgram_socket *socket[BINDS_MAX];
    struct recorder recorder[BINDS_MAX];
} worker;

/* A test that begins with this number of binds of 127.0.0.1 and a free port,
   of which the primary has granted the first ones. */
#define WITH_BINDS(test, requested, granted)                                   \
    cmocka_unit_test_prestate_setup_teardown(                                  \
        test, lease_worker_open, lease_worker_end,                             \
        (&(struct binds){requested, granted}))
struct binds {
    int requested, granted;
};
int lease_worker_open(void **state);
int lease_worker_end(void **state);

/* Runs the loop for some iterations. */
void iterate(void);

/* Binds a new socket; the request has been sent on return. */
dgram_socket *request_bind(struct recorder *recorder, const char *host,
                           uint16_t port);

/* Closes a socket, or two; the second may be NULL. */
void close_both(dgram_socket *one, dgram_socket *other);

/* Reads the next message of the worker; false if there is none. */
bool read_message(struct protocol_message *message);
void expect_bind(uint64_t id, uint16_t port, uint32_t index);
void expect_close(uint64_t id, uint32_t flags);
void expect_no_message(void);

/* A descriptor bound to 127.0.0.1 and a free port. */
int new_descriptor(void);

/* Answers a bind; the worker gets a duplicate of `fd`, if not -1. */
void answer(uint64_t id, int status, int fd);

/* Grants a bind with a descriptor that only the worker has; returns its port.
 */
uint16_t grant(uint64_t id);

/* Whether no socket is bound to this port of 127.0.0.1. */
bool is_free(uint16_t port);

#endif
