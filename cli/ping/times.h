/* Round trip times. They are counted by the microsecond, which is what is
   printed, so the memory grows with the different times and not with a ping's
   duration. */
#ifndef CLI_PING_TIMES_H
#define CLI_PING_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct time_count {
    uint64_t microseconds;
    uint64_t count; /* 0: the slot is free */
};

struct times {
    struct time_count *slots; /* a hash table; after times_sort(), a list */
    size_t used, capacity;
    uint64_t count;
    double sum, latest; /* milliseconds */
    double jitter;      /* mean difference between neighbours */
};

/* Returns false without memory. */
bool times_add(struct times *times, double milliseconds);

void times_end(struct times *times);

/* Sorts the `used` slots to the start. No time may be added afterwards. */
void times_sort(struct times *times);

/* Milliseconds of a sorted slot. */
double times_at(const struct times *times, size_t slot);

/* Returns the least time that this share, from 0 to 1, of the times does not
   exceed. They are sorted. */
double times_share(const struct times *times, double share);

double times_mean(const struct times *times);

#endif
