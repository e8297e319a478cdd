/*
 * A scripted kernel in the place of the platform layer.
 *
 * Descriptors are real, so that loops can poll them. What is sent goes into a
 * log instead, split into datagrams as GSO does it, and what is received can
 * come from a script. Every other call can be made to fail.
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
    /* Returns 0 to take a message, or the code to refuse it with. `first` is
       the number in its first datagram, `count` how many datagrams it carries.
       NULL takes all. */
    int (*verdict)(uint32_t first, uint32_t count);
    uint32_t messages_max; /* taken by one call; 0: all */
    uint32_t segments_max; /* as the platform reports it */
    uint32_t
        segments_max_later; /* the same after the first send; 0: no change */
    int fail[CALL_COUNT];   /* a code with which the call fails, or 0 */
    int opened, closed;     /* descriptors */
    int options_read;       /* calls of get_option() */

    /* The number in each datagram that was sent, and its port. */
    uint32_t log[KERNEL_LOG_MAX];
    uint16_t port[KERNEL_LOG_MAX];
    int logged;
    int sends;    /* calls */
    int messages; /* taken */

    /* Receives in the place of the kernel; NULL: the kernel does. */
    int (*receive)(dgram_fd fd, struct platform_in *messages, uint32_t count);
    uint32_t available; /* messages that kernel_give_available() still gives */
    void (*put)(struct platform_in *message); /* sets one of them */
    /* Reads the error queue in the place of the kernel; NULL: the kernel does.
     */
    int (*receive_error)(dgram_fd fd, dgram_path_error *out);
};

extern struct kernel kernel;

/* A `receive` that gives the available messages, and then UV_EAGAIN. */
int kernel_give_available(dgram_fd fd, struct platform_in *messages,
                          uint32_t count);

/* As on systems other than Linux. */
void kernel_lacks_error_queue(void);

/* As loop_open() and loop_end(), with the scripted kernel. */
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

/* Datagrams numbered from 0, and the status of their callbacks. */
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

/* Runs until each callback was called and checks that this was once and in
   order, that a success has the size as its status, and that the log holds
   exactly the datagrams that succeeded, in order. */
void traffic_check(void);

#endif
