#include "ping/trips.h"

#include <stdlib.h>

bool trips_begin(struct trips *trips) {
    *trips = (struct trips){.ring = calloc(TRIPS_MAX, sizeof *trips->ring)};
    return trips->ring != NULL;
}

void trips_end(struct trips *trips) {
    free(trips->ring);
    trips->ring = NULL;
}

static struct trip *at(const struct trips *trips, uint64_t number) {
    return &trips->ring[number % TRIPS_MAX];
}

static void settle(struct trips *trips, struct trip *trip,
                   enum trip_state state) {
    if (trip->state == TRIP_PENDING)
        trips->pending--;
    trip->state = (uint8_t)state;
}

/* Forgotten numbers are no longer pending. */
void trips_send(struct trips *trips, uint64_t now) {
    struct trip *trip = at(trips, trips->sent);

    if (trips->sent >= TRIPS_MAX && trip->state == TRIP_PENDING)
        trips->pending--;
    *trip = (struct trip){.sent_at = now};
    trips->pending++;
    trips->sent++;
    if (trips->sent - trips->oldest > TRIPS_MAX)
        trips->oldest = trips->sent - TRIPS_MAX;
}

const struct trip *trips_find(const struct trips *trips, uint64_t number) {
    return number < trips->sent && trips->sent - number <= TRIPS_MAX
               ? at(trips, number)
               : NULL;
}

double trips_answer(struct trips *trips, uint64_t number, uint64_t now) {
    struct trip *trip = at(trips, number);
    double milliseconds = (double)(now - trip->sent_at) / 1e6;

    if (trip->state != TRIP_ANSWERED)
        trip->ms = (float)milliseconds;
    settle(trips, trip, TRIP_ANSWERED);
    return milliseconds;
}

const struct trip *trips_oldest(struct trips *trips) {
    while (trips->oldest < trips->sent &&
           at(trips, trips->oldest)->state != TRIP_PENDING)
        trips->oldest++;
    return trips->oldest < trips->sent ? at(trips, trips->oldest) : NULL;
}

void trips_fail(struct trips *trips, bool is_local) {
    uint64_t number;

    if (!is_local && trips->refused == trips->sent)
        return;
    if (is_local)
        trips->refused = trips->sent;
    if (trips_oldest(trips) == NULL)
        return;
    number = is_local ? trips->sent - 1 : trips->oldest;
    while (at(trips, number)->state != TRIP_PENDING)
        number--;
    settle(trips, at(trips, number), TRIP_FAILED);
}

bool trips_expire(struct trips *trips, uint64_t then, uint64_t *number_out) {
    const struct trip *oldest = trips_oldest(trips);

    if (oldest == NULL || oldest->sent_at > then)
        return false;
    settle(trips, at(trips, trips->oldest), TRIP_TIMED_OUT);
    trips->timeouts++;
    *number_out = trips->oldest++;
    return true;
}
