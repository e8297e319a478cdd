/* The order of sequence numbers: what was lost, reordered or duplicated. */
#ifndef CLI_MEASURE_ORDER_H
#define CLI_MEASURE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#define ORDER_WINDOW (1u << 18) /* latest numbers whose arrival is recorded */

/* The sequence numbers of one sender. */
struct order {
    uint64_t first; /* lower numbers are not expected */
    uint64_t next;  /* one above the highest seen */
    uint64_t unique, duplicates, reordered;
    uint8_t seen[ORDER_WINDOW / 8]; /* of the numbers just below next */
};

/* Begins at `first` instead of 0. */
void order_begin(struct order *order, uint64_t first);

/* Records a number below UINT64_MAX. Returns false for a duplicate, and for a
   number that is too old to tell. */
bool order_note(struct order *order, uint64_t number);

uint64_t order_lost(const struct order *order);

/* Returns the share that was lost, from 0 to 100. */
double loss_percent(double lost, double received);

#endif
