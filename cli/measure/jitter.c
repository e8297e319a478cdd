#include "measure/jitter.h"

#include <math.h>

/* The unsigned differences wrap, so clocks of any offset, even that of forged
   datagrams, are compared without an overflow. */
void jitter_note(struct jitter *jitter, uint64_t sent, uint64_t received) {
    double step;

    if (jitter->has_previous && sent == jitter->sent)
        return;
    if (jitter->has_previous) {
        step = fabs((double)(int64_t)((received - jitter->received) -
                                      (sent - jitter->sent)));
        jitter->nanoseconds += (step - jitter->nanoseconds) / 16;
        jitter->count++;
    }
    jitter->sent = sent;
    jitter->received = received;
    jitter->has_previous = true;
}
