/*
 * What every test of sockets needs: a loop that must end clean, and an ear
 * that writes down what a socket reports, in order.
 *
 * A test is a function (void **state) in a table of IN_LOOP(test) entries; it
 * runs between loop_open() and loop_end(), which fails the test if anything
 * is still on the loop.
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

extern uv_loop_t test_loop; /* the loop of the test that runs */

int loop_open(void **state);
int loop_end(void **state);

/* Runs the loop until *value >= goal; fails the test after 25 seconds
   or TEST_WAIT_SECONDS. */
void run_until(const int *value, int goal);

/* Runs the loop until nothing is left on it; fails after as long. */
void run_to_end(void);

/* Runs the loop for so long, for what must not happen meanwhile. */
void run_for(unsigned milliseconds);

#define EAR_MESSAGES_MAX 64
#define EAR_PAYLOAD_MAX 128
#define EAR_LOG_MAX 512

/* What was heard. Members may be read at any time; counts are ints so that
   run_until() can wait for them. */
struct ear {
    dgram_listener listener;
    int listening, connected, messages, batches, errors, closed;
    int error;             /* code of the latest error */
    int cause;             /* its cause */
    char error_text[256];  /* as dgram_error_format() writes it */
    char log[EAR_LOG_MAX]; /* one letter an event: l c m b e x, in order */
    struct {
        char payload[EAR_PAYLOAD_MAX]; /* its first bytes, with a NUL */
        uint32_t length, flags;
        dgram_address from;
    } message[EAR_MESSAGES_MAX]; /* the first ones */
};

/* Zeroes the ear and puts it on the socket. */
void listen_with(struct ear *ear, dgram_socket *socket);

/* A socket of the test's loop; the test fails if it cannot be made. */
dgram_socket *new_socket(dgram_type type);
dgram_socket *new_socket_with(const dgram_options *options);

/* A socket bound to loopback (127.0.0.1 or ::1) and a free port, at once. */
dgram_socket *new_bound(dgram_type type);

const char *loopback(dgram_type type);

/* The port that the socket is bound to. */
uint16_t port_of(dgram_socket *socket);

/* A numeric address with a port. */
dgram_address address_of(const char *text, uint16_t port);

/* Where the socket can be reached on loopback. */
dgram_address loopback_of(dgram_socket *socket);

/* For dgram_send(): `data` is a struct sent, which notes the call. */
struct sent {
    int calls;
    int status; /* of the latest call */
};
void note_sent(dgram_socket *socket, int status, void *data);

/* Whether this machine has ::1. */
int has_ipv6(void);

#endif
