/*
 * Sends numbered datagrams to the workers of the pool, from an idle handle of
 * the test's loop. The workers must echo each datagram once.
 */
#ifndef TEST_LOAD_H
#define TEST_LOAD_H

#include "pool.h"

struct load {
    uint32_t in_flight; /* at most; may be raised at any time. 0: no limit */
    uint32_t most;      /* datagrams to send */
    int peer;
    uint32_t sent, answered;
    unsigned char *seen; /* for each datagram: whether it was answered */
};

extern struct load load;

/* load_begin() opens the peer and begins to send to pool.address; load_stop()
   ends the sending. */
void load_begin(uint32_t in_flight, uint32_t most);
void load_stop(void);

/* With `all`, waits until all datagrams that the kernel did not drop are
   answered. Otherwise waits until no answer has come for a while. */
void load_settle(bool all);

/* Closes the peer. */
void load_end(void);

/* The number of datagrams that the kernel dropped at a socket of 127.0.0.1, or
   0 where /proc/net/udp does not exist. */
uint32_t load_drops(const dgram_address *address);

#endif
