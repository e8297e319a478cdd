#include "socket/state.h"

#include <assert.h>
#include <stdbool.h>

/* Legal moves: [from][to]. */
static const bool bind_moves[BIND_STATES][BIND_STATES] = {
    [STATE_UNBOUND] =
        {[STATE_BINDING] = true, [STATE_BOUND] = true, [STATE_CLOSED] = true},
    [STATE_BINDING] =
        {[STATE_UNBOUND] = true, [STATE_BOUND] = true, [STATE_CLOSED] = true},
    [STATE_BOUND] = {[STATE_CLOSED] = true},
};

static const bool connect_moves[CONNECT_STATES][CONNECT_STATES] = {
    [STATE_DISCONNECTED] =
        {[STATE_CONNECTING] = true, [STATE_CONNECTED] = true},
    [STATE_CONNECTING] =
        {[STATE_DISCONNECTED] = true, [STATE_CONNECTED] = true},
    [STATE_CONNECTED] = {[STATE_DISCONNECTED] = true},
};

void state_move_bind(struct state *state, enum bind_state to) {
    bool legal = bind_moves[state->bind][to];

    assert(legal);
    (void)legal;
    state->bind = (uint8_t)to;
}

void state_move_connect(struct state *state, enum connect_state to) {
    bool legal = connect_moves[state->connect][to];

    assert(legal);
    (void)legal;
    state->connect = (uint8_t)to;
}
