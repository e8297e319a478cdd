#include "datapath/gate.h"

/* Nanoseconds: what an answer of the network may take; and what may lie between
   two from a host that is sparing with them. */
#define SINGLY_AFTER_CONNECT (50 * (uint64_t)1000000)
#define SINGLY_AFTER_ERROR (2000 * (uint64_t)1000000)

/* singly_until until the first message after the connect. */
#define SINGLY_FROM_NOW UINT64_MAX

/* Writability without room, until it is believed. */
#define FRUITLESS_MAX 3u
#define FRUITLESS_SHARED_MAX 500u

bool gate_refused(struct gate *gate, bool shared) {
    unsigned max = shared ? FRUITLESS_SHARED_MAX : FRUITLESS_MAX;
    bool room = gate->room;

    gate->room = false;
    if (room && gate->fruitless >= max)
        return false;
    gate->fruitless += room;
    gate->closed = true;
    gate->resting = room;
    return true;
}

void gate_taken(struct gate *gate) {
    gate->fruitless = 0;
    gate->room = false;
}

void gate_room_came(struct gate *gate) {
    gate->room = true;
}

void gate_open(struct gate *gate) {
    gate->closed = gate->resting = false;
}

bool gate_waits_for_room(const struct gate *gate) {
    return gate->closed && !gate->resting;
}

void gate_peer_changed(struct gate *gate) {
    gate->singly_until = SINGLY_FROM_NOW;
}

void gate_peer_failed(struct gate *gate, uint64_t now) {
    gate->singly_until = now + SINGLY_AFTER_ERROR;
}

bool gate_goes_singly(struct gate *gate, uint64_t now) {
    if (gate->singly_until == SINGLY_FROM_NOW)
        gate->singly_until = now + SINGLY_AFTER_CONNECT;
    else if (now >= gate->singly_until)
        gate->singly_until = 0;
    return gate->singly_until != 0;
}
