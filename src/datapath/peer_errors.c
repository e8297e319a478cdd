#include "datapath/peer_errors.h"

/* Nanoseconds: until the network answers, and between two ICMP messages of a
   host that limits their rate. */
#define AFTER_CONNECT (50 * (uint64_t)1000000)
#define AFTER_ERROR (2000 * (uint64_t)1000000)

/* `until` before the first message after a connect. */
#define FROM_NOW UINT64_MAX

void peer_errors_connected(struct peer_errors *errors) {
    errors->until = FROM_NOW;
}

void peer_errors_seen(struct peer_errors *errors, uint64_t now) {
    errors->until = now + AFTER_ERROR;
}

bool peer_errors_expected(struct peer_errors *errors, uint64_t now) {
    if (errors->until == FROM_NOW)
        errors->until = now + AFTER_CONNECT;
    else if (now >= errors->until)
        errors->until = 0;
    return errors->until != 0;
}
