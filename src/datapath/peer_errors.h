/* Whether an error of the peer (an ICMP message) may be pending on a connected
   descriptor. The kernel reports it once, and sendmmsg() discards it if it has
   sent a message before: so while one may come, each message has a call of its
   own. Times are nanoseconds of clock_nanoseconds(). */
#ifndef DGRAM_DATAPATH_PEER_ERRORS_H
#define DGRAM_DATAPATH_PEER_ERRORS_H

#include "namespace.h"

#include <stdbool.h>
#include <stdint.h>

/* All 0: none is expected. */
struct peer_errors {
    uint64_t until; /* one may come; 0: none is expected */
};

/* The descriptor has a peer of which nothing is known. */
void peer_errors_connected(struct peer_errors *errors);

/* An error came. */
void peer_errors_seen(struct peer_errors *errors, uint64_t now);

/* Whether a message is to have a call of its own. */
bool peer_errors_expected(struct peer_errors *errors, uint64_t now);

#endif
