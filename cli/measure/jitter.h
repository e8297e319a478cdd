/* How evenly datagrams arrive. */
#ifndef CLI_MEASURE_JITTER_H
#define CLI_MEASURE_JITTER_H

#include <stdbool.h>
#include <stdint.h>

/* The interarrival jitter of RFC 3550 (section 6.4.1): how much the time on the
   way differs from datagram to datagram, smoothed. The clocks of both ends may
   differ, but must run at the same speed. */
struct jitter {
    uint64_t sent, received; /* of the previous datagram */
    bool has_previous;
    uint64_t count; /* differences */
    double nanoseconds;
};

/* Notes a datagram that was sent and received at these times, in nanoseconds.
   Datagrams that were sent at one time, in a batch, were one transmission: only
   the first that arrives counts. */
void jitter_note(struct jitter *jitter, uint64_t sent, uint64_t received);

#endif
