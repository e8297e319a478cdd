#include "measure/order.h"

#include <string.h>

static uint8_t *byte_of(struct order *order, uint64_t number) {
    return &order->seen[number % ORDER_WINDOW / 8];
}

static uint8_t bit_of(uint64_t number) {
    return (uint8_t)(1u << number % 8);
}

/* Moves the window up to include `number`. */
static void advance(struct order *order, uint64_t number) {
    if (number - order->next >= ORDER_WINDOW) {
        memset(order->seen, 0, sizeof order->seen);
    } else {
        for (uint64_t i = order->next; i < number; i++)
            *byte_of(order, i) &= (uint8_t)~bit_of(i);
    }
    order->next = number + 1;
}

void order_begin(struct order *order, uint64_t first) {
    *order = (struct order){.first = first, .next = first};
}

bool order_note(struct order *order, uint64_t number) {
    if (number >= order->next) {
        advance(order, number);
    } else if (number < order->first || order->next - number > ORDER_WINDOW ||
               (*byte_of(order, number) & bit_of(number)) != 0) {
        order->duplicates++;
        return false;
    } else {
        order->reordered++;
    }
    *byte_of(order, number) |= bit_of(number);
    order->unique++;
    return true;
}

uint64_t order_lost(const struct order *order) {
    return order->next - order->first - order->unique;
}

/* Counts of the far end may be anything, so `received` may be negative. */
double loss_percent(double lost, double received) {
    return received >= 0 && lost > 0 ? 100 * lost / (received + lost) : 0;
}
