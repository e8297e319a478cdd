/*
 * What every test of sockets needs: a loop that must be empty at the end, and a
 * listener that records the events of a socket in order.
 *
 * A test is a function (void **state) in a table of IN_LOOP(test) entries. It
 * runs between loop_open() and loop_end(), which fails the test if a handle is
 * still on the loop.
 */
#ifndef TEST_HARNESS_H
#define TEST_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dgram.h>
#include <dgram_datapath.h>

/* A cmocka entry that runs `test` on a fresh loop. */
#define IN_LOOP(test) cmocka_unit_test_setup_teardown(test, loop_open, loop_end)

#define SKIPPED 77 /* exit status of a test program that cannot run here */

extern uv_loop_t test_loop; /* the loop of the running test */

int loop_open(void **state);
int loop_end(void **state);

/* Runs the loop until *value >= goal; fails the test after 25 seconds
   or TEST_WAIT_SECONDS. */
void run_until(const int *value, int goal);

/* Runs the loop until it is empty; the same timeout. */
void run_to_end(void);

/* Runs the loop for this time. For events that must not happen. */
void run_for(unsigned milliseconds);

/* Nothing happens: the loop makes at most so many iterations in 30 ms. */
void expect_rest(int iterations_max);

#define RECORDED_MESSAGES_MAX 64
#define RECORDED_PAYLOAD_MAX 128
#define RECORDED_LOG_MAX 512

/* A listener and the events that it has received. Members may be read at any
   time. Counts are ints so that run_until() can wait for them. */
struct recorder {
    dgram_listener listener;
    int listening, connected, messages, batches, errors, path_errors, drains,
        closed;
    int error;                   /* code of the latest error */
    int cause;                   /* its cause */
    char error_text[256];        /* as dgram_error_format() writes it */
    dgram_path_error path_error; /* the latest */
    char log[RECORDED_LOG_MAX];  /* one letter for each event but batch, in
                               order: l c m e p d, x for close */
    struct {
        char payload[RECORDED_PAYLOAD_MAX]; /* its first bytes, with a NUL */
        uint32_t length, flags;
        dgram_address from;
    } message[RECORDED_MESSAGES_MAX]; /* the first ones */
};

/* Clears the recorder and adds it to the socket as a listener. */
void record_events(struct recorder *recorder, dgram_socket *socket);

/* A socket on test_loop; the test fails if it cannot be created. */
dgram_socket *new_socket(dgram_type type);
dgram_socket *new_socket_with(const dgram_options *options);

/* A socket bound to loopback (127.0.0.1 or ::1) and a free port. */
dgram_socket *new_bound(dgram_type type);

const char *loopback(dgram_type type);

/* The port that the socket is bound to. */
uint16_t port_of(dgram_socket *socket);

/* A numeric address with a port. */
dgram_address address_of(const char *text, uint16_t port);

/* The address at which the socket is reached on loopback. */
dgram_address loopback_of(dgram_socket *socket);

/* A callback for dgram_send(); `data` is a struct sent, which counts calls. */
struct sent {
    int calls;
    int status; /* of the latest call */
};
void note_sent(dgram_socket *socket, int status, void *data);

/* Whether this machine has ::1. */
int has_ipv6(void);

#endif
