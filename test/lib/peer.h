/*
 * The other end of a conversation, which makes plain system calls, so that the
 * library is not only tested against itself.
 */
#ifndef TEST_PEER_H
#define TEST_PEER_H

#include "harness.h"

/* A datagram socket on loopback and a free port, with a large receive
   buffer; a receive times out after 10 seconds. */
int peer_open(dgram_type type);

/* The address that it is bound to. */
dgram_address peer_address(int peer);

/* Sends one datagram; fails the test if the kernel does not take it. */
void peer_send(int peer, const void *payload, size_t length,
               const dgram_address *to);

/* Sends a text, without its NUL. */
void peer_send_text(int peer, const char *text, const dgram_address *to);

/* Waits for a datagram and returns its length; fails the test if none comes.
   `from` may be NULL. */
size_t peer_receive(int peer, void *payload, size_t size, dgram_address *from);

/* Waits for a datagram and checks that it is this text. */
void peer_expect(int peer, const char *text);

/* Checks that no datagram is waiting. */
void peer_expect_nothing(int peer);

/* Takes an entry from the error queue; returns a negative number if it is
   empty, and sets errno. It passes a buffer for the payload, because qemu-user
   does not make the call without one. */
int peer_take_error(int fd);

void peer_close(int peer);

/* A loopback address with a port that no socket has. */
dgram_address peer_closed_port(dgram_type type);

/* Makes the tests NAME_udp4 and NAME_udp6 of `static void NAME(dgram_type)`;
   the second is skipped on a machine without ::1. */
#define BOTH(name)                                                             \
    static void name##_udp4(void **state) {                                    \
        (void)state;                                                           \
        name(DGRAM_UDP4);                                                      \
    }                                                                          \
    static void name##_udp6(void **state) {                                    \
        (void)state;                                                           \
        if (!has_ipv6())                                                       \
            skip();                                                            \
        name(DGRAM_UDP6);                                                      \
    }

/* Their two entries in the table. */
#define IN_LOOP_BOTH(name) IN_LOOP(name##_udp4), IN_LOOP(name##_udp6)

#endif
