#include "gate.h"

#include "loop.h"

/* Nanoseconds: what an answer of the network may take; and what may lie between
   two from a host that is sparing with them. */
#define SINGLY_AFTER_CONNECT (50 * (uint64_t)1000000)
#define SINGLY_AFTER_ERROR (2000 * (uint64_t)1000000)

/* singly_until until the first message after the connect. */
#define SINGLY_FROM_NOW UINT64_MAX

/* A second. Some systems never have buffers enough for a long datagram. */
#define RESTS_MAX (1000 / RETRY_MS)

bool gate_refused(struct gate *gate, int code) {
    bool for_now =
        code == UV_EAGAIN || (code == UV_ENOBUFS && gate->rests < RESTS_MAX);

    if (code != UV_ENOBUFS || !for_now)
        gate->rests = 0;
    if (for_now) {
        gate->closed = true;
        gate->resting = code == UV_ENOBUFS || gate->room;
        gate->room = false;
    }
    return for_now;
}

void gate_taken(struct gate *gate) {
    gate->rests = 0;
    gate->room = false;
}

void gate_room_came(struct gate *gate) {
    gate->room = true;
}

void gate_rested(struct gate *gate) {
    gate->rests++;
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
