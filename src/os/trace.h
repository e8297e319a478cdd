/* DGRAM_TRACE: writes each system call of the library as a line to standard
   error. If it is off, it costs a load and a branch for each call. */
#ifndef DGRAM_OS_TRACE_H
#define DGRAM_OS_TRACE_H

#include "namespace.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "dgram_types.h"

struct msghdr;

enum trace_state {
    TRACE_UNKNOWN, /* the environment has not been read */
    TRACE_OFF,
    TRACE_ON,
};

extern atomic_int trace_state; /* an enum trace_state */

/* Reads the environment. Returns whether the trace is on. */
bool trace_ask(void);

static inline bool trace_is_on(void) {
    int state = atomic_load_explicit(&trace_state, memory_order_relaxed);

    return state != TRACE_OFF && (state == TRACE_ON || trace_ask());
}

/* Each of these writes one line with one write(), and does not change the last
   error: errno, or what WSAGetLastError() returns. It is the error if `result`
   is negative. */

/* name(ARGUMENTS) = result; the arguments are formatted as by printf(). */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void trace_call(const char *name, long result, const char *arguments, ...);

/* bind() and connect(). */
void trace_to(const char *name, dgram_fd fd, const struct sockaddr *address,
              socklen_t size, int result);

/* getsockname() and getpeername(). */
void trace_own(const char *name, dgram_fd fd, const struct sockaddr *address,
               socklen_t size, int result);

/* setsockopt() and getsockopt(). */
void trace_set(dgram_fd fd, int level, int option, const void *value,
               socklen_t size, int result);
void trace_got(dgram_fd fd, int level, int option, const void *value,
               socklen_t size, int result);

void trace_fcntl(int fd, int command, int argument, int result);

void trace_sent(const char *name, int fd, const struct msghdr *message,
                long result);
void trace_received(int fd, const struct msghdr *message, int flags,
                    long result);

/* For sendmmsg() and recvmmsg(): an array of structs of `stride` bytes that
   begin with a struct msghdr; length_at is the offset of the received length.
 */
void trace_sent_many(int fd, const void *messages, size_t stride,
                     unsigned count, int result);
void trace_received_many(int fd, const void *messages, size_t stride,
                         size_t length_at, unsigned count, int result);

#endif
