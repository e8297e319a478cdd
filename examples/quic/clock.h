/* The clock of ngtcp2, and waiting by it. */
#ifndef QUIC_CLOCK_H
#define QUIC_CLOCK_H

#include <ngtcp2/ngtcp2.h>
#include <poll.h>
#include <signal.h>

/* Nanoseconds of a clock that nobody sets. */
ngtcp2_tstamp clock_now(void);

/* Waits for the descriptors until that time; UINT64_MAX: without end. (poll()
   counts milliseconds, and ngtcp2 paces packets by microseconds.) Meanwhile the
   signal mask is `mask`, if it is not NULL, and a signal ends the wait. */
void clock_wait(struct pollfd *fds, nfds_t count, ngtcp2_tstamp until,
                const sigset_t *mask);

/* Seconds of processor time that this process has used. */
double clock_cpu(void);

#endif /* QUIC_CLOCK_H */
