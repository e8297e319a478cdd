/* When each datagram is due. The schedule is absolute: what is late does not
   delay what follows. Times are those of uv_hrtime(), in nanoseconds. */
#ifndef CLI_SEND_PACE_H
#define CLI_SEND_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    double interval; /* nanoseconds; 0: everything is due at once */
    double jitter;   /* nanoseconds: how much later a datagram may be due */
    uint64_t random; /* the state of the generator, not 0 */
    uint64_t start;  /* of the schedule: when datagram 0 would be due */
    uint64_t count;  /* datagrams sent */
    uint64_t due;    /* when the next datagram is due */
};

/* `jitter` is at most `interval`, so datagrams are due in order. */
void pace_begin(struct pace *pace, double interval, double jitter,
                uint64_t seed, uint64_t now);

/* Whether the next datagram is due. */
bool pace_is_due(const struct pace *pace, uint64_t now);

/* A datagram was sent: sets when the next one is due. */
void pace_advance(struct pace *pace);

/* There was nothing to send from `then` to `now`. Moves the schedule by as much
   of this time as came after the next datagram was due. Otherwise all that
   comes now would be due at once. */
void pace_postpone(struct pace *pace, uint64_t then, uint64_t now);

#endif
