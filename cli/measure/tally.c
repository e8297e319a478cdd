#include "measure/tally.h"

#include <stdlib.h>

#include "measure/senders.h"
#include "measure/stamp.h"

bool tally_begin(struct tally *tally, bool check, uint32_t session) {
    *tally = (struct tally){.session = session};
    if (!check)
        return true;
    tally->order = malloc(sizeof *tally->order);
    if (tally->order == NULL)
        return false;
    order_begin(tally->order, 0);
    return true;
}

void tally_end(struct tally *tally) {
    free(tally->order);
    tally->order = NULL;
}

static void note_number(struct tally *tally, const dgram_message *message,
                        uint64_t arrival) {
    struct stamp stamp;

    if (!stamp_read(message->payload, message->length, &stamp) ||
        stamp.session != tally->session ||
        (stamp.number >= tally->order->next &&
         stamp.number - tally->order->next >= NUMBER_AHEAD_MAX))
        tally->unstamped++;
    else if (order_note(tally->order, stamp.number))
        jitter_note(&tally->jitter, stamp.time, arrival);
}

void tally_note(struct tally *tally, const dgram_message *message, uint64_t now,
                uint64_t arrival) {
    if (tally->datagrams == 0)
        tally->first = now;
    tally->last = now;
    tally->datagrams++;
    tally->bytes += message->length;
    if (tally->order != NULL)
        note_number(tally, message, arrival);
}

/* Numbers of datagrams that could not be sent are missing, but were not lost:
   with `sent` they do not count. A `sent` far above the numbers seen is forged,
   as such a number is. */
static uint64_t lost_of(const struct tally *tally, uint64_t sent) {
    const struct order *order = tally->order;
    uint64_t received = order != NULL ? order->unique : tally->datagrams;

    if (order != NULL &&
        (sent == 0 ||
         (sent > order->next && sent - order->next >= NUMBER_AHEAD_MAX)))
        return order_lost(order);
    return sent > received ? sent - received : 0;
}

struct control_counts tally_counts(const struct tally *tally, uint64_t sent) {
    struct control_counts counts = {
        .datagrams = tally->datagrams,
        .bytes = tally->bytes,
        .ns = tally->last - tally->first,
        .lost = lost_of(tally, sent),
        .unstamped = tally->unstamped,
        .jitter_ns = CONTROL_UNKNOWN,
        .dropped = CONTROL_UNKNOWN,
    };

    if (tally->order != NULL) {
        counts.reordered = tally->order->reordered;
        counts.duplicates = tally->order->duplicates;
    }
    if (tally->jitter.count > 0)
        counts.jitter_ns = (uint64_t)tally->jitter.nanoseconds;
    return counts;
}

bool tally_is_complete(const struct tally *tally, uint64_t sent) {
    return (tally->order != NULL ? tally->order->unique : tally->datagrams) >=
           sent;
}
