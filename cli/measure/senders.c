#include "measure/senders.h"
#include "measure/stamp.h"

#include <stdlib.h>

#define NONE SENDERS_MAX

bool senders_begin(struct senders *senders) {
    *senders = (struct senders){
        .orders = calloc(SENDERS_MAX, sizeof *senders->orders),
        .jitters = calloc(SENDERS_MAX, sizeof *senders->jitters),
        .forgotten = calloc(FORGOTTEN_MAX, sizeof *senders->forgotten),
    };
    if (senders->orders != NULL && senders->jitters != NULL &&
        senders->forgotten != NULL)
        return true;
    senders_end(senders);
    return false;
}

void senders_end(struct senders *senders) {
    free(senders->orders);
    free(senders->jitters);
    free(senders->forgotten);
}

/* It is mostly the sender of the previous datagram. */
static size_t find(const struct senders *senders, uint32_t id) {
    if (senders->latest < senders->count && senders->ids[senders->latest] == id)
        return senders->latest;
    for (size_t i = 0; i < senders->count; i++) {
        if (senders->ids[i] == id)
            return i;
    }
    return NONE;
}

static struct forgotten *forgotten_at(struct senders *senders, uint32_t id) {
    return &senders->forgotten[id % FORGOTTEN_MAX];
}

/* Adds the counts; the jitters are a mean. */
static void add(struct sender_counts *sum, const struct sender_counts *counts) {
    size_t jitters = sum->jitters + counts->jitters;

    sum->received += counts->received;
    sum->lost += counts->lost;
    sum->reordered += counts->reordered;
    sum->duplicates += counts->duplicates;
    if (counts->jitters > 0)
        sum->jitter_ms += (counts->jitter_ms - sum->jitter_ms) *
                          (double)counts->jitters / (double)jitters;
    sum->jitters = jitters;
}

struct sender_counts senders_get(const struct senders *senders, size_t place) {
    const struct order *order = &senders->orders[place];
    const struct jitter *jitter = &senders->jitters[place];

    return (struct sender_counts){
        .received = order->unique,
        .lost = order_lost(order),
        .reordered = order->reordered,
        .duplicates = order->duplicates,
        .jitter_ms = jitter->nanoseconds / 1e6,
        .jitters = jitter->count > 0,
    };
}

static void forget(struct senders *senders, size_t place) {
    struct sender_counts counts = senders_get(senders, place);
    struct order *order = &senders->orders[place];
    uint32_t id = senders->ids[place];

    add(&senders->past, &counts);
    *forgotten_at(senders, id) =
        (struct forgotten){.id = id, .next = order->next};
    *order = (struct order){0};
    senders->jitters[place] = (struct jitter){0};
}

/* Returns a place for a new sender: an unused one, or that of the sender that
   has been silent for longest, if it seems to have ended. */
static size_t take_place(struct senders *senders, uint64_t now) {
    size_t oldest = 0;

    if (senders->count < SENDERS_MAX)
        return senders->count++;
    for (size_t i = 1; i < SENDERS_MAX; i++) {
        if (senders->seen_at[i] < senders->seen_at[oldest])
            oldest = i;
    }
    if (now - senders->seen_at[oldest] < SENDER_IDLE_MS)
        return NONE;
    forget(senders, oldest);
    return oldest;
}

static bool is_far_ahead(uint64_t number, uint64_t next) {
    return number >= next && number - next >= NUMBER_AHEAD_MAX;
}

/* Begins at the first number of a sender. Earlier numbers are not lost if the
   sender began long ago, or were counted before it lost its place. */
static void begin_order(struct senders *senders, struct order *order,
                        const struct stamp *stamp) {
    const struct forgotten *forgotten = forgotten_at(senders, stamp->session);

    if (forgotten->next > 0 && forgotten->id == stamp->session &&
        !is_far_ahead(stamp->number, forgotten->next))
        order_begin(order, forgotten->next);
    else if (is_far_ahead(stamp->number, 0))
        order_begin(order, stamp->number);
}

/* Returns the place of the sender of a stamp, or NONE if it gets none. */
static size_t place_of(struct senders *senders, const struct stamp *stamp,
                       uint64_t now) {
    size_t place = find(senders, stamp->session);

    if (stamp->number == UINT64_MAX)
        return NONE;
    if (place != NONE)
        return is_far_ahead(stamp->number, senders->orders[place].next) ? NONE
                                                                        : place;
    place = take_place(senders, now);
    if (place != NONE)
        begin_order(senders, &senders->orders[place], stamp);
    return place;
}

size_t senders_note(struct senders *senders, const unsigned char *bytes,
                    size_t length, uint64_t now, uint64_t received) {
    struct stamp stamp;
    size_t place = NONE;

    if (stamp_read(bytes, length, &stamp))
        place = place_of(senders, &stamp, now);
    if (place == NONE) {
        senders->unstamped++;
        return NONE;
    }
    senders->ids[place] = stamp.session;
    senders->seen_at[place] = now;
    senders->latest = place;
    if (order_note(&senders->orders[place], stamp.number))
        jitter_note(&senders->jitters[place], stamp.time, received);
    return place;
}

struct sender_counts senders_sum(const struct senders *senders) {
    struct sender_counts sum = senders->past;

    for (size_t i = 0; i < senders->count; i++) {
        const struct sender_counts counts = senders_get(senders, i);
        add(&sum, &counts);
    }
    return sum;
}

double sender_loss_percent(const struct sender_counts *counts) {
    return loss_percent((double)counts->lost, (double)counts->received);
}
