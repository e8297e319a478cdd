#include "flood/refusal.h"

#include <math.h>

/* The network may report an error only once a second. So only a longer silence
   shows that its errors are over. */
#define SILENCE_S 1.5

/* Whether an error is about the first datagrams: those of the first loop
   iterations, or of the first quarter of the time, at most a second. */
static bool is_early(const struct pump *pump, double elapsed) {
    const struct batch *batch = pump->streams->plan.batch;
    uint64_t two_iterations = pump_is_paced(pump)
                                  ? (uint64_t)(pump->schedule.rate / 50)
                                  : 2 * batch->count * BATCHES_PER_ITERATION;

    return streams_accepted(pump->streams) <= 2 + two_iterations ||
           elapsed < fmin(1, pump->schedule.seconds / 4);
}

void refusal_note(struct refusal *refusal, const struct pump *pump) {
    double elapsed = pump_seconds(pump);

    if (!refusal->has_begun)
        refusal->is_early = is_early(pump, elapsed);
    refusal->has_begun = true;
    refusal->at = elapsed;
}

bool refusal_lasts(const struct refusal *refusal, double elapsed) {
    return refusal->is_early && elapsed - refusal->at < SILENCE_S;
}
