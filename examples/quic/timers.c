#include "timers.h"

static void put(struct timers *timers, struct timer *timer, size_t place) {
    timers->heap[place] = timer;
    timer->place = place;
}

static void up(struct timers *timers, struct timer *timer) {
    size_t place = timer->place;

    while (place > 1 && timers->heap[place / 2]->at > timer->at) {
        put(timers, timers->heap[place / 2], place);
        place /= 2;
    }
    put(timers, timer, place);
}

static void down(struct timers *timers, struct timer *timer) {
    size_t place = timer->place;

    for (size_t child = 2 * place; child <= timers->count; child = 2 * place) {
        if (child < timers->count &&
            timers->heap[child + 1]->at < timers->heap[child]->at)
            child++;
        if (timers->heap[child]->at >= timer->at)
            break;
        put(timers, timers->heap[child], place);
        place = child;
    }
    put(timers, timer, place);
}

void timers_set(struct timers *timers, struct timer *timer, uint64_t at) {
    timer->at = at;
    if (timer->place == 0)
        put(timers, timer, ++timers->count);
    up(timers, timer);
    down(timers, timer);
}

void timers_remove(struct timers *timers, struct timer *timer) {
    struct timer *last;

    if (timer->place == 0)
        return;
    last = timers->heap[timers->count--];
    if (last != timer) {
        put(timers, last, timer->place);
        up(timers, last);
        down(timers, last);
    }
    timer->place = 0;
}

struct timer *timers_first(const struct timers *timers) {
    return timers->count > 0 ? timers->heap[1] : NULL;
}
