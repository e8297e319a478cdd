/* The bars in the live row of a ping. */
#ifndef CLI_PING_ROW_H
#define CLI_PING_ROW_H

#include "ping/trips.h"

/* Adds bars of the latest datagrams to the row, as many as have space. */
void row_print_trips(const struct trips *trips);

#endif
