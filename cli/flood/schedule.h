/* How many datagrams a flood has to have sent at a time. */
#ifndef CLI_FLOOD_SCHEDULE_H
#define CLI_FLOOD_SCHEDULE_H

#include <stdint.h>

#define SCHEDULE_BITRATE_MAX 1e12

struct schedule {
    double rate;      /* datagrams per second, of all streams; 0: no limit */
    double seconds;   /* how long they send */
    unsigned streams; /* each stream in turn gets a datagram */
};

/* Returns the datagrams per second of a payload of this many bits per second.
   `size` is in bytes, above 0. */
double schedule_rate(double bitrate, uint64_t size);

/* Returns how many datagrams stream number `index` has to have sent when this
   many seconds have passed. The first datagram of all is due at once. At the
   end their sum is rate times seconds, rounded down, and at least one. It
   depends on the time only, so a delay does not change the rate. */
uint64_t schedule_due(const struct schedule *schedule, double elapsed,
                      unsigned index);

#endif
