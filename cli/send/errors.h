/* The errors of dgram send: printed on standard error, and with --json also as
   objects. */
#ifndef CLI_SEND_ERRORS_H
#define CLI_SEND_ERRORS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "session/session.h"

/* Reports an error of the piece `number`; 0: of none. `is_again`: it was
   reported before if it is about this piece only. An error without an address
   is about the destination. */
void send_error(struct session *session, uint64_t number, bool is_again,
                const dgram_error *error);

/* Whether the datagram itself is wrong, so that a repetition fails again. Other
   errors may go away: a receiver may start, a route may come. */
bool send_error_is_permanent(int code);

/* Each kind of error is printed once. After this, it is printed again. */
void send_errors_forget(void);

/* Prints a JSON object with the count of each. */
void send_errors_print_json(FILE *out);

#endif
