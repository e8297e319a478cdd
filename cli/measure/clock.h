/* The time of day, in nanoseconds since 1970. */
#ifndef CLI_MEASURE_CLOCK_H
#define CLI_MEASURE_CLOCK_H

#include <dgram.h>

#define NS_PER_S 1000000000u

/* Returns 0 if the system does not know it. */
uint64_t clock_now(void);

/* Whether the kernel reports when it received the message. */
bool clock_has_arrival(const dgram_message *message);

/* Returns when the kernel received the message, or `now` if it does not report
   that. Read `now` once for all messages that were received together. */
uint64_t clock_arrival(const dgram_message *message, uint64_t now);

#endif
