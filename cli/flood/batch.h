/* The datagrams that a flood passes to the library in one call. All its streams
   send the same ones, so that they stay in the cache. */
#ifndef CLI_FLOOD_BATCH_H
#define CLI_FLOOD_BATCH_H

#include <dgram.h>

#define BATCH_MAX 1024 /* datagrams */

struct batch {
    unsigned char *payloads; /* adjacent */
    size_t size, count;      /* bytes of each, and how many */
    dgram_outgoing messages[BATCH_MAX];
};

/* Makes datagrams of `size` bytes that are sent with `info`, which may be NULL.
   Returns false without memory. */
bool batch_begin(struct batch *batch, size_t size, const dgram_send_info *info);
void batch_end(struct batch *batch);

/* Stamps the first `count` for a sender, with numbers from `number` and the
   present time. */
void batch_stamp(struct batch *batch, size_t count, uint32_t sender,
                 uint64_t number);

#endif
