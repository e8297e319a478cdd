/* Datagrams as messages of the system: those of one size to one destination as
   one (GSO). No system call here. */
#ifndef DGRAM_DATAPATH_GSO_H
#define DGRAM_DATAPATH_GSO_H

#include "namespace.h"
#include "datapath/datapath.h"

#define GSO_MESSAGES_MAX 64u /* of one system call */
#define GSO_PARTS_MAX 512u   /* of all of them */

/* Messages for one system call. It stands on the stack, and is not cleared. */
struct gso_batch {
    struct platform_out messages[GSO_MESSAGES_MAX];
    uint32_t datagrams[GSO_MESSAGES_MAX]; /* how many each carries */
    struct iovec parts[GSO_PARTS_MAX];
    uint32_t count, part_count;
};

/* Builds up to `max` messages from the first of `count` datagrams on, up to a
   full batch, a datagram that is not sound, or one that breaks the rules (NULL:
   none). The first `refused.left` go one by one. */
void gso_build(struct gso_batch *batch, const dgram_datapath *datapath,
               const struct send_rules *rules, const dgram_outgoing *datagrams,
               size_t count, uint32_t max);

/* 0, or what a datagram that the kernel need not see is refused with. */
int gso_check(const dgram_outgoing *datagram);

#endif
