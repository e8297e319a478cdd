#include "datapath/backpressure.h"

/* How often a writable socket takes nothing before the datagram fails. */
#define FRUITLESS_MAX 3u
#define FRUITLESS_SHARED_MAX 500u

bool backpressure_refused(struct backpressure *backpressure, bool shared) {
    unsigned max = shared ? FRUITLESS_SHARED_MAX : FRUITLESS_MAX;
    bool writable = backpressure->writable;

    backpressure->writable = false;
    if (writable && backpressure->fruitless >= max)
        return false;
    backpressure->fruitless += writable;
    backpressure->stopped = true;
    backpressure->resting = writable;
    return true;
}

void backpressure_taken(struct backpressure *backpressure) {
    backpressure->fruitless = 0;
    backpressure->writable = false;
}

void backpressure_writable(struct backpressure *backpressure) {
    backpressure->writable = true;
}

void backpressure_retry(struct backpressure *backpressure) {
    backpressure->stopped = backpressure->resting = false;
}

bool backpressure_awaits_writable(const struct backpressure *backpressure) {
    return backpressure->stopped && !backpressure->resting;
}
