#include "segment.h"

#include "address.h"
#include "base/util.h"

static const dgram_address *destination(const struct sendq_run *run,
                                        const struct segment_rules *rules) {
    bool to_peer = rules->peer != NULL && address_same(&run->to, rules->peer);

    return to_peer ? NULL : &run->to;
}

/* Whether what is left of a run may leave as one message. */
static bool leaves_whole(const struct sendq_run *run,
                         const struct segment_rules *rules) {
    return run->sent == 0 && run->count <= rules->segments_max &&
           (run->count == 1 ||
            run->size <=
                path_segment_size_max(rules->paths, &run->to, rules->now));
}

static void add_whole(struct segment_batch *batch, struct sendq_run *run,
                      const dgram_address *to) {
    batch->messages[batch->count] = (struct platform_out){
        .to = to,
        .parts = run->parts,
        .part_count = run->part_count,
        .segment_size = run->count > 1 ? run->size : 0,
    };
    batch->datagrams[batch->count++] = run->count;
}

/* The unsent datagrams of a run, a message each. */
static void add_singly(struct segment_batch *batch, const struct sendq_run *run,
                       const dgram_address *to) {
    const struct iovec *part = run->parts;
    size_t offset = (size_t)run->sent * run->size; /* into the part */

    for (uint32_t i = run->sent;
         i < run->count && batch->count < SEGMENT_MESSAGES_MAX; i++) {
        uint32_t size = i + 1 < run->count ? run->size : run->last_size;

        while (offset > 0 && offset >= part->iov_len)
            offset -= part++->iov_len;
        batch->singles[batch->count] =
            (struct iovec){(char *)part->iov_base + offset, size};
        batch->messages[batch->count] = (struct platform_out){
            .to = to,
            .parts = &batch->singles[batch->count],
            .part_count = 1,
        };
        batch->datagrams[batch->count++] = 1;
        offset += size;
    }
}

void segment_build(struct segment_batch *batch, const struct sendq_chunk *chunk,
                   const struct segment_rules *rules) {
    batch->count = 0;
    for (uint32_t i = chunk->run;
         i < chunk->run_count && chunk->runs[i].status == 0 &&
         batch->count < SEGMENT_MESSAGES_MAX;
         i++) {
        struct sendq_run *run = &chunk->runs[i];
        const dgram_address *to = destination(run, rules);

        if (leaves_whole(run, rules))
            add_whole(batch, run, to);
        else
            add_singly(batch, run, to);
    }
}

uint32_t segment_count(const struct platform_in *in) {
    if (in->segment_size == 0 || in->length <= in->segment_size)
        return 1;
    return (in->length + in->segment_size - 1) / in->segment_size;
}

void segment_get(const struct platform_in *in, uint32_t index,
                 uint32_t size_max, dgram_message *out) {
    size_t size = in->segment_size > 0 ? in->segment_size : in->length;
    size_t offset = index * size;
    bool last = offset + size >= in->length;

    out->payload = in->room + offset;
    out->from = &in->from;
    out->length = (uint32_t)min_size(in->length - offset, size);
    out->flags = last ? in->flags : 0;
    out->reserved = NULL;
    if (size_max > 0 && out->length > size_max) {
        out->length = size_max;
        out->flags |= DGRAM_TRUNCATED;
    }
}
