/* Errors that the network of the peer reports to a flood: whether they began
   with the first datagrams, and lasted to the end. */
#ifndef CLI_FLOOD_REFUSAL_H
#define CLI_FLOOD_REFUSAL_H

#include "flood/pump.h"

struct refusal {
    bool has_begun;
    bool is_early; /* the first error was about the first datagrams */
    double at;     /* of the latest error, in seconds from the start */
};

/* Notes an error. All streams send to one port, and the network may limit the
   rate of its errors, so an error of one stream is about all of them. */
void refusal_note(struct refusal *refusal, const struct pump *pump);

/* Whether the errors lasted from the start to `elapsed`, the end. */
bool refusal_lasts(const struct refusal *refusal, double elapsed);

#endif
