/* Building messages for the kernel: datagrams of one size to one destination,
   sent with equal information, are one message (GSO). This makes no system
   call.
 */
#ifndef DGRAM_DATAPATH_GSO_H
#define DGRAM_DATAPATH_GSO_H

#include "namespace.h"
#include "datapath/datapath.h"

#define GSO_MESSAGES_MAX 64u /* of one system call */
#define GSO_PARTS_MAX 512u   /* of all of them */

/* The messages of one system call. It is on the stack and not initialized. */
struct gso_batch {
    struct platform_out messages[GSO_MESSAGES_MAX];
    uint32_t datagrams[GSO_MESSAGES_MAX]; /* in each message */
    platform_part parts[GSO_PARTS_MAX];
    uint32_t count, part_count;
};

/* Builds up to `max` messages from `count` datagrams. Stops if the batch is
   full, and before a datagram that is invalid or violates the rules (NULL:
   none). The first `refused.left` datagrams get a message each. */
void gso_build(struct gso_batch *batch, const dgram_datapath *datapath,
               const struct send_rules *rules, const dgram_outgoing *datagrams,
               size_t count, uint32_t max);

/* Returns 0, or the code that an invalid datagram fails with. */
int gso_check(const dgram_datapath *datapath, const dgram_outgoing *datagram);

#endif
