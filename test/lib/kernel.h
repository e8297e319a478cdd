/*
 * A kernel that follows a script, in the place of the platform.
 *
 * Sockets are real, so that loops poll them; but what they send goes into a
 * log, cut into datagrams as GSO would, and what they receive comes from a
 * script. Every other call can be made to fail.
 */
#ifndef TEST_KERNEL_H
#define TEST_KERNEL_H

#include "harness.h"

#include "os/platform.h"

#define KERNEL_LOG_MAX 16384

enum kernel_call {
    CALL_OPEN,
    CALL_BIND,
    CALL_CONNECT,
    CALL_LOCAL_ADDRESS,
    CALL_REMOTE_ADDRESS,
    CALL_SET_OPTION,
    CALL_GET_OPTION,
    CALL_ADOPT,
    CALL_COUNT
};

struct kernel {
    /* Whether a message is taken (0) or refused (a code). `first` is the
       number in the message's first datagram, `count` how many it carries.
       NULL: all are taken. */
    int (*verdict)(uint32_t first, uint32_t count);
    uint32_t messages_max;       /* taken by one call; 0: all */
    uint32_t segments_max;       /* what sockets are told */
    uint32_t segments_max_later; /* the same once a message was sent; 0: as
                                    before */
    int fail[CALL_COUNT];        /* a code with which the call fails, or 0 */
    int opened, closed;          /* descriptors */

    /* What went out: the number in each datagram, and to which port. */
    uint32_t log[KERNEL_LOG_MAX];
    uint16_t port[KERNEL_LOG_MAX];
    int logged;
    int sends;    /* calls */
    int messages; /* taken */

    /* What comes in at the next receive, or NULL for the real thing. */
    int (*receive)(int fd, struct platform_in *messages, uint32_t count);
};

extern struct kernel kernel;

/* As loop_open() and loop_end(), with the scripted kernel in place. */
int kernel_open(void **state);
int kernel_end(void **state);

/* The same without a loop. */
int kernel_place(void **state);
int kernel_remove(void **state);

#define IN_KERNEL_ALONE(test)                                                  \
    cmocka_unit_test_setup_teardown(test, kernel_place, kernel_remove)

#define IN_KERNEL(test)                                                        \
    cmocka_unit_test_setup_teardown(test, kernel_open, kernel_end)

/* ---- Numbered traffic -------------------------------------------------- */

#define TRAFFIC_MAX 8192

/* Datagrams numbered from 0, and what their callbacks said. */
struct traffic {
    int status[TRAFFIC_MAX];
    uint32_t order[TRAFFIC_MAX]; /* numbers, as callbacks came */
    int called[TRAFFIC_MAX];
    int calls;
    int count; /* sent so far */
};

extern struct traffic traffic;

/* Sends the next numbered datagram of `size` bytes (4 or more). */
void traffic_send(dgram_socket *socket, size_t size, const dgram_address *to);

/* Runs until each callback came, and checks: once each, in order, positive
   ones with the size, and the log holds just those, once each, in order. */
void traffic_check(void);

#endif
