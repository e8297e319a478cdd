/* What one stream of datagrams brought: how many, in what order, how evenly. */
#ifndef CLI_MEASURE_TALLY_H
#define CLI_MEASURE_TALLY_H

#include <dgram.h>

#include "measure/control.h"
#include "measure/jitter.h"
#include "measure/order.h"

struct tally {
    uint64_t datagrams, bytes;
    uint64_t unstamped;   /* with `order`: those without its numbers */
    uint64_t first, last; /* nanoseconds of uv_hrtime(), if there are any */
    struct order *order;  /* NULL: the datagrams have no numbers */
    struct jitter jitter;
    uint32_t session; /* of their stamps */
};

/* With `check` it follows the numbers of this session. Returns false without
   memory. */
bool tally_begin(struct tally *tally, bool check, uint32_t session);

void tally_end(struct tally *tally);

/* Notes a datagram that this process received at `now`, a time of uv_hrtime().
   `arrival` is when the kernel received it, by a clock of its own. */
void tally_note(struct tally *tally, const dgram_message *message, uint64_t now,
                uint64_t arrival);

/* Returns what came. `sent` is how many datagrams the sender sent, if it says
   so, else 0: without numbers, and behind the last number, only this shows what
   was lost. dropped is CONTROL_UNKNOWN. */
struct control_counts tally_counts(const struct tally *tally, uint64_t sent);

/* Whether nothing is missing of the `sent` datagrams. */
bool tally_is_complete(const struct tally *tally, uint64_t sent);

#endif
