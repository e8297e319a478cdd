/*
 * Numbered datagrams to the pool, each of which is to be answered once, by an
 * echo. They leave from an idle handle of the test's loop.
 */
#ifndef TEST_LOAD_H
#define TEST_LOAD_H

#include "pool.h"

struct load {
    uint32_t in_flight; /* at most; may be raised meanwhile. 0: no limit */
    uint32_t most;      /* datagrams */
    int peer;
    uint32_t sent, answered;
    unsigned char *seen; /* of each, whether it was answered */
};

extern struct load load;

/* Opens the peer and begins to send to pool.address; ends sending. */
void load_begin(uint32_t in_flight, uint32_t most);
void load_stop(void);

/* Waits until everything is answered that the kernel did not drop, or, if some
   may be missing, until no answer came for a while. */
void load_settle(bool all);

/* Closes the peer. */
void load_end(void);

/* What the kernel dropped of the datagrams for a port of 127.0.0.1, as long as
   the socket has been open; 0 where it does not tell. */
uint32_t load_drops(const dgram_address *address);

#endif
