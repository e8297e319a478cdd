/* The expiries of many connections: a binary heap. */
#ifndef QUIC_TIMERS_H
#define QUIC_TIMERS_H

#include <stddef.h>
#include <stdint.h>

#define TIMERS_MAX 100u

struct timer {
    uint64_t at;
    size_t place; /* in the heap, counted from 1; 0: not there */
    void *data;
};

struct timers {
    struct timer *heap[TIMERS_MAX + 1]; /* [0] is not used */
    size_t count;
};

/* Sets or moves a timer. There are at most TIMERS_MAX. */
void timers_set(struct timers *timers, struct timer *timer, uint64_t at);
void timers_remove(struct timers *timers, struct timer *timer);

/* The first one, or NULL. */
struct timer *timers_first(const struct timers *timers);

#endif /* QUIC_TIMERS_H */
