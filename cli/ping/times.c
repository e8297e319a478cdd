#include "ping/times.h"

#include <math.h>
#include <stdlib.h>

#define CAPACITY_MIN 1024 /* a power of 2 */

/* Returns the slot of this time, or the free one where it belongs. */
static struct time_count *find(const struct times *times,
                               uint64_t microseconds) {
    size_t mask = times->capacity - 1;
    size_t slot =
        (size_t)(microseconds * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;

    while (times->slots[slot].count > 0 &&
           times->slots[slot].microseconds != microseconds)
        slot = (slot + 1) & mask;
    return &times->slots[slot];
}

/* Keeps half of the slots free. */
static bool make_space(struct times *times) {
    struct times larger = *times;

    if (times->used < times->capacity / 2)
        return true;
    larger.capacity = times->capacity > 0 ? times->capacity * 2 : CAPACITY_MIN;
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    for (size_t i = 0; i < times->capacity; i++) {
        if (times->slots[i].count > 0)
            *find(&larger, times->slots[i].microseconds) = times->slots[i];
    }
    free(times->slots);
    *times = larger;
    return true;
}

bool times_add(struct times *times, double milliseconds) {
    uint64_t microseconds = (uint64_t)(milliseconds * 1000 + 0.5);
    struct time_count *slot;

    if (!make_space(times))
        return false;
    slot = find(times, microseconds);
    slot->microseconds = microseconds;
    times->used += slot->count++ == 0;
    if (times->count > 0)
        times->jitter += (fabs(milliseconds - times->latest) - times->jitter) /
                         (double)times->count;
    times->latest = milliseconds;
    times->sum += milliseconds;
    times->count++;
    return true;
}

void times_end(struct times *times) {
    free(times->slots);
    *times = (struct times){0};
}

static int compare(const void *a, const void *b) {
    uint64_t left = ((const struct time_count *)a)->microseconds;
    uint64_t right = ((const struct time_count *)b)->microseconds;

    return (left > right) - (left < right);
}

void times_sort(struct times *times) {
    size_t used = 0;

    for (size_t i = 0; i < times->capacity; i++) {
        if (times->slots[i].count > 0)
            times->slots[used++] = times->slots[i];
    }
    if (used > 0)
        qsort(times->slots, used, sizeof *times->slots, compare);
}

double times_at(const struct times *times, size_t slot) {
    return (double)times->slots[slot].microseconds / 1000;
}

double times_share(const struct times *times, double share) {
    uint64_t rank = (uint64_t)ceil(share * (double)times->count);
    size_t slot = 0;

    if (times->count == 0)
        return 0;
    for (uint64_t below = times->slots[0].count;
         below < rank && slot + 1 < times->used;)
        below += times->slots[++slot].count;
    return times_at(times, slot);
}

double times_mean(const struct times *times) {
    return times->count > 0 ? times->sum / (double)times->count : 0;
}
