/*
 * Counted faults: a scenario runs once to see which calls the library makes of
 * the system, of libuv and of the allocator; then again and again, each time
 * with another of these calls failing, by each code that it can give.
 *
 * The calls are caught by the linker (faults_calls.c), below the platform
 * layer, so that its own handling is tried too.
 *
 * A fault comes once, or lasts: then all calls of the kind fail from there on.
 * After one fault the scenario must reach its goal all the same, by repeating
 * what was refused. Under a lasting fault it goes as far as it comes. In both
 * cases: every callback once, `close` last, no memory and no descriptor left.
 */
#ifndef TEST_FAULTS_H
#define TEST_FAULTS_H

#include "harness.h"

enum fault_call {
    FAULT_ALLOCATE,
    FAULT_SOCKET,
    FAULT_FCNTL,
    FAULT_BIND,
    FAULT_CONNECT,
    FAULT_GETSOCKNAME,
    FAULT_GETPEERNAME,
    FAULT_SETSOCKOPT,
    FAULT_GETSOCKOPT,
    FAULT_SEND,
    FAULT_RECEIVE,
    FAULT_CLOSE,
    FAULT_POLL_INIT,
    FAULT_GETADDRINFO,
    FAULT_PAIR,         /* socketpair() */
    FAULT_DUPLICATE,    /* fcntl(), for a descriptor */
    FAULT_PASS_SEND,    /* sendmsg() to another process */
    FAULT_PASS_RECEIVE, /* recvmsg() from one */
    FAULT_SPAWN,
    FAULT_PROGRAM,     /* uv_exepath() */
    FAULT_ENVIRONMENT, /* uv_os_environ() */
    FAULT_CALLS
};

/* Runs the scenario with every fault. Sockets that it makes are closed for it,
   and its loop is test_loop. */
void faults_try(const char *name, void (*scenario)(dgram_type type),
                dgram_type type);

/* Only every so-manyth error of each call is tried, where a run takes long. */
extern int faults_step;

/* Defines test_NAME, a cmocka test that tries the scenario NAME for IPv4 and
   IPv6. */
#define COUNTED(name)                                                          \
    static void test_##name(void **state) {                                    \
        (void)state;                                                           \
        faults_try(#name, name, DGRAM_UDP4);                                   \
        if (has_ipv6())                                                        \
            faults_try(#name, name, DGRAM_UDP6);                               \
    }

/* Whether the fault of this run lasts, and how far it is. */
bool faults_last(void);
bool faults_met(void);

/* Calls of the test itself, which neither count nor fail, stand between
   faults_aside(true) and faults_aside(false). */
void faults_aside(bool aside);

/* So many sends to another process find the kernel full, besides the fault. */
extern int faults_full;

/* Called at each turn of the loop, for what has loops of its own, or NULL. */
extern void (*faults_also)(void);

/* Whether the result is a failure, and one that the fault of this run explains;
   any other fails the test. When a call is repeated only a lasting fault
   explains it. */
bool faults_explain(int result, bool repeated);

/* Makes a call of the library; one that met the fault is made again, and must
   succeed then, unless the fault lasts. Gives whether it succeeded. */
#define TRY(call)                                                              \
    tried(!faults_explain(call, false) || !faults_explain(call, true))

/* A value that may go unused. */
static inline bool tried(bool succeeded) {
    return succeeded;
}

/* Runs the loop until the condition holds; under a lasting fault, for some
   turns only. Gives whether it holds. */
#define WAIT(condition)                                                        \
    do {                                                                       \
        int turns_ = 0;                                                        \
        while (!(condition) && faults_turn(&turns_, #condition))               \
            ;                                                                  \
    } while (0)
bool faults_turn(int *turns, const char *condition);

#endif
