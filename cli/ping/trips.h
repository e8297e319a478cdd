/* The datagrams of a ping: when each was sent, and what became of it. */
#ifndef CLI_PING_TRIPS_H
#define CLI_PING_TRIPS_H

#include <stdbool.h>
#include <stdint.h>

#define TRIPS_MAX (1u << 18) /* latest numbers that are known */

enum trip_state {
    TRIP_PENDING,
    TRIP_ANSWERED,
    TRIP_FAILED, /* an error was reported instead */
    TRIP_TIMED_OUT,
};

struct trip {
    uint64_t sent_at; /* nanoseconds */
    float ms;         /* of TRIP_ANSWERED */
    uint8_t state;
};

struct trips {
    struct trip *ring;
    uint64_t sent; /* the next number */
    uint64_t pending;
    uint64_t timeouts;
    uint64_t oldest;  /* no lower number is pending */
    uint64_t refused; /* `sent` at the latest error of this host */
};

/* Returns false without memory. */
bool trips_begin(struct trips *trips);
void trips_end(struct trips *trips);

/* Records that the next number is sent. */
void trips_send(struct trips *trips, uint64_t now);

/* Returns NULL if the number was not sent, or too long ago. */
const struct trip *trips_find(const struct trips *trips, uint64_t number);

/* Records an answer to a known number. Returns its milliseconds. */
double trips_answer(struct trips *trips, uint64_t number, uint64_t now);

/* Records an error. The system does not say of which number: if this host
   refused a datagram it is the latest that is pending, otherwise the oldest.
   The errors of several datagrams may come at once. If this host refused a
   datagram, the errors of other hosts before the next send do not count: its
   firewall may refuse a datagram and also send an ICMP message. */
void trips_fail(struct trips *trips, bool is_local);

/* Finds a number that is pending and was sent at `then` or earlier, and records
   that its time is over. Returns false if there is none. */
bool trips_expire(struct trips *trips, uint64_t then, uint64_t *number_out);

/* Returns the oldest that is pending, or NULL. */
const struct trip *trips_oldest(struct trips *trips);

#endif
