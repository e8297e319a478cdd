/* The two states of a socket, and the legal moves. */
#ifndef DGRAM_SOCKET_STATE_H
#define DGRAM_SOCKET_STATE_H

#include "namespace.h"

#include <stdint.h>

enum bind_state {
    STATE_UNBOUND,
    STATE_BINDING, /* a bind waits for its address or its broker */
    STATE_BOUND,   /* has a descriptor */
    STATE_CLOSED,  /* dgram_close() was called */
    BIND_STATES
};

enum connect_state {
    STATE_DISCONNECTED,
    STATE_CONNECTING, /* a connect waits for its address or a bind */
    STATE_CONNECTED,
    CONNECT_STATES
};

struct state {
    uint8_t bind;    /* enum bind_state */
    uint8_t connect; /* enum connect_state */
};

/* Nothing else writes a state. An illegal move is a bug of the library. */
void state_move_bind(struct state *state, enum bind_state to);
void state_move_connect(struct state *state, enum connect_state to);

#endif
