#include "segment.h"

#include "base/util.h"

static bool fits_run(const struct sendq_entry *first,
                     const struct sendq_entry *entry, size_t run_size) {
    return entry->status == 0 && entry->to == first->to && entry->length > 0 &&
           entry->length <= first->length &&
           run_size + entry->length <= SEGMENT_RUN_SIZE_MAX;
}

/* How many of `count` entries leave together. All are as long as the first;
   the last may be shorter and ends the run. */
static uint32_t run_length(const struct sendq_entry *entries, uint32_t count,
                           uint32_t segments_max) {
    size_t size = entries[0].length;
    uint32_t n = 1;

    count = (uint32_t)min_size(count, segments_max);
    while (n < count && fits_run(&entries[0], &entries[n], size)) {
        size += entries[n].length;
        if (entries[n++].length < entries[0].length)
            break;
    }
    return n;
}

/* Copied payloads stand one behind the other, so most need no part of their
   own. An empty datagram has a part of length 0. */
static void add_parts(struct segment_batch *batch, struct platform_out *message,
                      const struct sendq_entry *entries, uint32_t count) {
    struct iovec *part = &batch->parts[batch->part_count];

    message->parts = part;
    *part =
        (struct iovec){(void *)(uintptr_t)entries[0].bytes, entries[0].length};
    for (uint32_t i = 1; i < count; i++) {
        if (entries[i].bytes == (unsigned char *)part->iov_base + part->iov_len)
            part->iov_len += entries[i].length;
        else
            *++part = (struct iovec){(void *)(uintptr_t)entries[i].bytes,
                                     entries[i].length};
    }
    message->part_count = (uint32_t)(part - message->parts) + 1;
    batch->part_count += message->part_count;
}

static void add_message(struct segment_batch *batch,
                        const struct sendq_chunk *chunk,
                        const struct sendq_entry *entries, uint32_t count,
                        const struct segment_rules *rules) {
    const dgram_address *to = &chunk->destinations[entries[0].to];
    struct platform_out *message = &batch->messages[batch->message_count];
    bool to_peer = rules->peer != NULL && dgram_address_equal(to, rules->peer);

    message->to = to_peer ? NULL : to;
    message->segment_size = count > 1 ? entries[0].length : 0;
    add_parts(batch, message, entries, count);
    batch->datagrams[batch->message_count++] = count;
}

void segment_build(struct segment_batch *batch, const struct sendq_chunk *chunk,
                   const struct segment_rules *rules) {
    const struct sendq_entry *entry = &chunk->entries[chunk->sent];
    const struct sendq_entry *end = &chunk->entries[chunk->used];

    batch->message_count = batch->part_count = 0;
    while (entry < end && entry->status == 0 &&
           batch->message_count < SEGMENT_MESSAGES_MAX) {
        uint32_t room = SEGMENT_PARTS_MAX - batch->part_count;
        uint32_t count = (uint32_t)min_size((size_t)(end - entry), room);
        uint32_t segments_max = rules->segments_max;

        if (room == 0)
            break;
        if (entry->length == 0 ||
            entry->length >
                path_segment_size_max(
                    rules->paths, &chunk->destinations[entry->to], rules->now))
            segments_max = 1;
        count = run_length(entry, count, segments_max);
        add_message(batch, chunk, entry, count, rules);
        entry += count;
    }
}

uint32_t segment_count(const struct platform_in *in) {
    if (in->segment_size == 0 || in->length <= in->segment_size)
        return 1;
    return (in->length + in->segment_size - 1) / in->segment_size;
}

void segment_get(const struct platform_in *in, uint32_t index,
                 dgram_message *out) {
    size_t size = in->segment_size > 0 ? in->segment_size : in->length;
    size_t offset = index * size;
    bool last = offset + size >= in->length;

    out->payload = in->room + offset;
    out->from = &in->from;
    out->length = (uint32_t)min_size(in->length - offset, size);
    out->flags = last ? in->flags : 0;
    out->reserved = NULL;
}
