#include "datapath/segment.h"

#include "util/address.h"
#include "util/util.h"

static const dgram_address *destination(const struct sendq_run *run,
                                        const struct segment_rules *rules) {
    bool to_peer = rules->peer != NULL && address_same(&run->to, rules->peer);

    return to_peer ? NULL : &run->to;
}

/* How many of the run's datagrams may leave as one message. */
static uint32_t segments_max(const struct sendq_run *run,
                             const struct segment_rules *rules) {
    if (run->gso_refused != 0 ||
        (rules->local_only && !address_is_loopback(&run->to)) ||
        run->size > gso_cache_segment_size_max(rules->gso_cache, rules->owner,
                                               &run->to, rules->now))
        return 1;
    return rules->segments_max;
}

static void add_message(struct segment_batch *batch,
                        const struct platform_out *message,
                        uint32_t datagrams) {
    batch->messages[batch->count] = *message;
    batch->datagrams[batch->count++] = datagrams;
}

/* Bytes of `count` datagrams of the run, from `index` on. */
static size_t size_of(const struct sendq_run *run, uint32_t index,
                      uint32_t count) {
    bool to_the_end = index + count == run->count;

    return (size_t)count * run->size -
           (to_the_end ? run->size - run->last_size : 0);
}

/* Points parts of the batch at `size` bytes of the run's, behind `offset`.
   Returns how many parts it took. */
static uint32_t add_parts(struct segment_batch *batch,
                          const struct sendq_run *run, size_t offset,
                          size_t size) {
    const struct iovec *part = run->parts;
    uint32_t first = batch->part_count;

    while (offset > 0 && offset >= part->iov_len)
        offset -= part++->iov_len;
    do {
        size_t length = min_size(size, part->iov_len - offset);

        batch->parts[batch->part_count++] =
            (struct iovec){(char *)part->iov_base + offset, length};
        size -= length;
        offset = 0;
        part++;
    } while (size > 0);
    return batch->part_count - first;
}

/* The unsent datagrams of a run, `each` a message. Returns whether the batch
   had room for all. */
static bool add_in_pieces(struct segment_batch *batch,
                          const struct sendq_run *run, uint32_t each,
                          struct platform_out *message) {
    for (uint32_t i = run->sent; i < run->count;) {
        uint32_t count = (uint32_t)min_size(each, run->count - i);

        if (batch->count == SEGMENT_MESSAGES_MAX ||
            SEGMENT_PARTS_MAX - batch->part_count < count)
            return false;
        message->parts = &batch->parts[batch->part_count];
        message->part_count = add_parts(batch, run, (size_t)i * run->size,
                                        size_of(run, i, count));
        message->segment_size = count > 1 ? run->size : 0;
        add_message(batch, message, count);
        i += count;
    }
    return true;
}

/* Returns whether all of the run is in the batch. */
static bool add_run(struct segment_batch *batch, struct sendq_run *run,
                    const struct segment_rules *rules) {
    struct platform_out message = {.to = destination(run, rules)};
    uint32_t each = run->count > 1 ? segments_max(run, rules) : 1;

    if (run->sent == 0 && run->count <= each) {
        message.parts = run->parts;
        message.part_count = run->part_count;
        message.segment_size = run->count > 1 ? run->size : 0;
        add_message(batch, &message, run->count);
        return true;
    }
    return add_in_pieces(batch, run, each, &message);
}

void segment_build(struct segment_batch *batch, const struct sendq_chunk *chunk,
                   const struct segment_rules *rules) {
    batch->count = batch->part_count = 0;
    for (uint32_t i = chunk->run; i < chunk->run_count; i++) {
        struct sendq_run *run = &chunk->runs[i];

        if (run->status != 0 || batch->count == SEGMENT_MESSAGES_MAX ||
            (rules->retryq != NULL && retryq_holds(rules->retryq, &run->to)) ||
            !add_run(batch, run, rules))
            return;
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
