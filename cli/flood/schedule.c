#include "flood/schedule.h"

double schedule_rate(double bitrate, uint64_t size) {
    return bitrate / (8 * (double)size);
}

/* The product of two decimal fractions may be just below a whole number. */
static uint64_t whole(double number) {
    return (uint64_t)(number + 1e-6);
}

uint64_t schedule_due(const struct schedule *schedule, double elapsed,
                      unsigned index) {
    uint64_t all = whole(schedule->rate * schedule->seconds);
    uint64_t due;

    if (all == 0)
        all = 1;
    due = all;
    if (elapsed < schedule->seconds)
        due = (uint64_t)(schedule->rate * elapsed) + 1;
    if (due > all)
        due = all;
    return due / schedule->streams + (index < due % schedule->streams ? 1 : 0);
}
