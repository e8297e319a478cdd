/* What ping prints, as text or as JSON. */
#ifndef CLI_PING_PRINT_H
#define CLI_PING_PRINT_H

#include <dgram.h>

#include "measure/order.h"
#include "ping/times.h"
#include "ping/reporters.h"
#include "session/faults.h"

/* `number` is from 0, and printed from 1. */
void ping_print_reply(const dgram_message *message, uint64_t number,
                      double milliseconds, const char *note);

/* No reply came in time. */
void ping_print_timeout(uint64_t number, double seconds);

/* `error` is NULL if the system does not say who reported it. */
void ping_print_error(int code, const dgram_path_error *error);

struct ping_result {
    uint64_t sent, timeouts;
    const struct order *order;
    const struct faults *faults;
    const struct reporters *reporters;
    struct times *times; /* are sorted */
};

void ping_print_result(const struct ping_result *result);

#endif
