#include "datapath/backpressure.h"

/* How often a writable socket accepts nothing before the datagram fails. */
#define SPURIOUS_MAX 3u
#define SPURIOUS_SHARED_MAX 500u

bool backpressure_refused(struct backpressure *backpressure, bool shared) {
    unsigned max = shared ? SPURIOUS_SHARED_MAX : SPURIOUS_MAX;
    bool writable = backpressure->writable;

    backpressure->writable = false;
    if (writable && backpressure->spurious >= max)
        return false;
    backpressure->spurious += writable;
    backpressure->stopped = true;
    backpressure->resting = writable;
    return true;
}

void backpressure_taken(struct backpressure *backpressure) {
    backpressure->spurious = 0;
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
