/*
 * A resolver in the place of libuv's: the linker puts __wrap_uv_getaddrinfo()
 * where the library calls it (see test/CMakeLists.txt). It also has a clock
 * that the test sets forward.
 */
#ifndef TEST_NAMES_H
#define TEST_NAMES_H

#include "harness.h"

struct names {
    int asked;      /* queries so far */
    int refusal;    /* what uv_getaddrinfo() returns, if not 0 */
    int status;     /* of the answers */
    const char *as; /* the address answered; NULL: loopback */
    bool hold;      /* answers come from names_answer() */
    bool cancel;    /* queries that are held can be cancelled */
    int cancelled;
    char host[DGRAM_HOST_TEXT_MAX]; /* of the latest query */
    int family;                     /* of the latest query */
};

extern struct names names;

/* Answers the held query with this number, counted from 0. */
void names_answer(int number);

/* Sets the clock of the library forward. */
void names_wait(uint64_t milliseconds);

/* IN_LOOP() with all counts 0. */
#define WITH_NAMES(test)                                                       \
    cmocka_unit_test_setup_teardown(test, names_begin, loop_end)
#define WITH_NAMES_BOTH(name) WITH_NAMES(name##_udp4), WITH_NAMES(name##_udp6)
int names_begin(void **state);

/* A socket that keeps answers for an hour, or for `ttl` milliseconds. */
dgram_socket *new_keeping(dgram_type type);
dgram_socket *new_keeping_for(dgram_type type, uint32_t ttl);

#endif
