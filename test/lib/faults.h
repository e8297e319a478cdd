/*
 * Counted faults. A scenario runs once to count the system calls, libuv calls
 * and allocations that the library makes. Then it runs again for each of these
 * calls and each error that the call can return, with that call failing.
 *
 * The linker redirects the calls to faults_calls.c, below the platform layer,
 * so that its error handling is tested too.
 *
 * A fault happens once, or it lasts: then all later calls of the kind fail,
 * too. After one fault the scenario must reach its goal by repeating what
 * failed. Under a lasting fault it goes as far as it can. In both cases every
 * callback is called once, `close` last, and no memory and no descriptor is
 * left.
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
    FAULT_INTERFACES,  /* getifaddrs() */
    FAULT_IOCTL,
    FAULT_OPEN, /* open() and flock(), of the folder of a socket file */
    FAULT_LSTAT,
    FAULT_UNLINK,
    FAULT_CHMOD, /* fchmod() and fchmodat() */
    FAULT_GETCWD,
    FAULT_CALLS
};

/* Runs the scenario with every fault, on test_loop. */
void faults_try(const char *name, void (*scenario)(dgram_type type),
                dgram_type type);

/* 3 tries every third error of each call, for scenarios that take long. */
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

/* Whether the fault of this run lasts, and whether it has happened. */
bool faults_are_lasting(void);
bool faults_occurred(void);

/* While paused, calls neither count nor fail: for calls of the test itself. */
void faults_pause(bool paused);

/* This number of sends to another process fail with EAGAIN, besides the fault.
 */
extern int faults_full_sends;

/* Called in each loop iteration, for scenarios with more loops; or NULL. */
extern void (*faults_each_iteration)(void);

/* Returns whether the result is a failure that the fault of this run explains.
   Any other failure fails the test. Only a lasting fault explains that a
   repeated call fails. */
bool faults_explain(int result, bool repeated);

/* Makes a call of the library. If the fault made it fail, the call is repeated,
   and must succeed unless the fault lasts. True if it succeeded. */
#define TRY(call)                                                              \
    tried(!faults_explain(call, false) || !faults_explain(call, true))

/* A value that may be ignored. */
static inline bool tried(bool succeeded) {
    return succeeded;
}

/* Runs the loop until the condition holds; under a lasting fault, for some
   iterations only. */
#define WAIT(condition)                                                        \
    do {                                                                       \
        int turns_ = 0;                                                        \
        while (!(condition) && faults_iterate(&turns_, #condition))            \
            ;                                                                  \
    } while (0)
bool faults_iterate(int *turns, const char *condition);

#endif
