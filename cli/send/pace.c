#include "send/pace.h"

#include <math.h>

/* xorshift64*: no secret, and the same on all systems. Returns a number from 0
   up to 1, without 1. */
static double next_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)(*state * UINT64_C(0x2545f4914f6cdd1d) >> 11) / 0x1p53;
}

/* A double holds the nanoseconds of 104 days exactly. Rounds up, so that
   nothing is due too early. */
static void set_due(struct pace *pace) {
    double offset = (double)pace->count * pace->interval;

    if (pace->jitter > 0)
        offset += pace->jitter * next_random(&pace->random);
    pace->due = pace->start + (uint64_t)ceil(offset);
}

void pace_begin(struct pace *pace, double interval, double jitter,
                uint64_t seed, uint64_t now) {
    *pace = (struct pace){
        .interval = interval,
        .jitter = jitter,
        .random = seed != 0 ? seed : 1,
        .start = now,
    };
    set_due(pace);
}

bool pace_is_due(const struct pace *pace, uint64_t now) {
    return now >= pace->due;
}

void pace_advance(struct pace *pace) {
    pace->count++;
    set_due(pace);
}

void pace_postpone(struct pace *pace, uint64_t then, uint64_t now) {
    uint64_t from = then > pace->due ? then : pace->due;

    if (now <= from)
        return;
    pace->start += now - from;
    pace->due += now - from;
}
