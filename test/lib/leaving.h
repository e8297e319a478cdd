/*
 * Callbacks that a longjmp() leaves, as an exception would, and with them
 * uv_run().
 */
#ifndef TEST_LEAVING_H
#define TEST_LEAVING_H

#include "harness.h"
#include "memory.h"

#define DATAGRAMS 40

enum callback {
    LISTENING,
    CONNECT,
    MESSAGE,
    BATCH,
    ERROR,
    PATH_ERROR,
    DRAIN,
    CLOSE,
    SENT,      /* of a send */
    CONNECTED, /* of a dgram_connect() */
    HOOK,      /* of dgram_on_unhandled_error() */
    CALLBACKS
};

extern struct leaving {
    jmp_buf out;
    int times;                     /* how many of the next callbacks are left */
    int calls[CALLBACKS];          /* of each */
    unsigned char seen[DATAGRAMS]; /* messages with this first byte */
    dgram_socket *close_at_message; /* closed when its next message comes */
} leaving;

/* Counts a call of a callback, and leaves it if leaving.times says so. */
void leave(enum callback kind);

void leave_sent(dgram_socket *socket, int status, void *data);
void leave_connected(dgram_socket *socket, int status, void *data);
extern const dgram_events all_events, batch_events;

/* A socket with all_events. */
dgram_socket *new_leaving(dgram_listener *listener);

/* Queues datagrams that are too long: each fails without a callback. */
void fail_sends(dgram_socket *socket, int count);

/* Runs the loop until *value >= goal, or with NULL until nothing keeps the loop
   running. Runs it again after each callback that was left, and once more at
   the end, for libuv. Returns how often a callback was left. */
int run_again(const int *value, int goal);

/* A test that ends without handles and without memory. */
#define LEAVING(test)                                                          \
    cmocka_unit_test_setup_teardown(test, leaving_begin, leaving_end)
int leaving_begin(void **state);
int leaving_end(void **state);

#endif
