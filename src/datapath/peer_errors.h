/* Whether a connected descriptor may have a pending error of the peer (an ICMP
   message). The kernel reports it once, and sendmmsg() discards it if it has
   sent a message before. So while an error may arrive, each message has its own
   system call. Times are those of clock_nanoseconds(). */
#ifndef DGRAM_DATAPATH_PEER_ERRORS_H
#define DGRAM_DATAPATH_PEER_ERRORS_H

#include "namespace.h"

#include <stdbool.h>
#include <stdint.h>

/* All members are initially 0: no error is expected. */
struct peer_errors {
    uint64_t until; /* an error may arrive; 0: none is expected */
};

/* The descriptor was connected. */
void peer_errors_connected(struct peer_errors *errors);

/* An error of the peer was reported. */
void peer_errors_seen(struct peer_errors *errors, uint64_t now);

/* Whether each message needs a system call of its own. */
bool peer_errors_expected(struct peer_errors *errors, uint64_t now);

#endif
