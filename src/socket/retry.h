/* When to retry datagrams that wait for their destination, and not for the
   socket. */
#ifndef DGRAM_SOCKET_RETRY_H
#define DGRAM_SOCKET_RETRY_H

#include "namespace.h"
#include "dgram.h"
#include "loop/task.h"
#include "socket/retryq.h"

struct retry_part {
    struct retryq queue;
    struct task task; /* calls flush_again(), after RETRY_MS or queue.delay */
};

void retry_init(dgram_socket *s);

/* Whether datagrams to the destination wait. Later ones must wait as well. */
static inline bool retry_holds(const struct retry_part *retry,
                               const dgram_address *to) {
    return retry->queue.count > 0 && retryq_find(&retry->queue, to) != NULL;
}

/* Whether the destination was the reason for UV_EAGAIN: the queue of a Unix
   socket is full. */
bool retry_destination_is_full(const dgram_socket *s);

/* Adds a datagram, whose payload is copied. `code` is UV_EAGAIN or UV_ENOBUFS
   if the kernel refused it, or 0 if others to its destination wait. Returns 0,
   or UV_ENOMEM. */
int retry_add(dgram_socket *s, const struct sendq_datagram *datagram, int code);

/* Retries each destination of the timer once. */
void retry_all(dgram_socket *s);

/* Retries each destination with a wait once. */
void retry_waiting(dgram_socket *s);

/* The timer has run: its interval grows, until a datagram is sent. */
void retry_slower(dgram_socket *s);

/* The kernel accepts nothing (UV_EAGAIN): waits until the socket is writable,
   or for a timer. Returns false if the kernel will not take the datagram later
   either. */
bool retry_wait_for_kernel(dgram_socket *s);

void retry_fail_all(dgram_socket *s, int status);

void retry_close(dgram_socket *s);

#endif
