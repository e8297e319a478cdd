/* Path errors: ICMP errors from the error queue of the descriptor.

   The ICMP message that adds an error to the queue also sets a pending error on
   the descriptor. The next send or receive returns it, whatever its
   destination. So with an error queue, a send that returns the code of an ICMP
   error is repeated, and a receive that returns it has not failed. */
#ifndef DGRAM_DATAPATH_PATH_ERRORS_H
#define DGRAM_DATAPATH_PATH_ERRORS_H

#include "namespace.h"

#include "dgram_datapath.h"

struct platform_out;

/* All members are initially 0. */
struct path_errors {
    bool on : 1;          /* the program receives them */
    uint8_t families : 2; /* whose error queue was enabled for that */
    uint16_t repeats;     /* local errors in the queue that repeat another */
    uint16_t latest;      /* a hash of the latest local error */
    int16_t met; /* a pending error that a send returned, while the program
                    reads the queue itself; 0: none */
};

/* Enables the error queue of the descriptor. Returns a negative code if that
   fails; then nothing changes. */
int path_errors_enable(dgram_datapath *datapath);

/* Undoes path_errors_enable(). */
void path_errors_disable(dgram_datapath *datapath);

/* Disables the error queue, whoever enabled it: it cannot be read. */
void path_errors_abandon(dgram_datapath *datapath);

/* The kernel refused the first of the messages with `code`. If that may be a
   pending error, sends them again. Returns what platform->send() does. */
int path_errors_send_again(dgram_datapath *datapath,
                           const struct platform_out *messages, uint32_t count,
                           int code);

/* Whether a receive returned the code, or 0, in place of a message although the
   error is in the queue. */
bool path_errors_is_pending(const dgram_datapath *datapath, int code);

/* Returns the error that a send returned, once, or 0. */
int path_errors_take_met(dgram_datapath *datapath);

#endif
