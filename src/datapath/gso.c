#include "datapath/gso.h"

#include "util/address.h"
#include "util/send_info.h"
#include "util/util.h"

#define MESSAGE_SIZE_MAX 65487u /* bytes; what fits in an IPv6 packet */

/* The caller's parts are passed to the kernel in place. */
_Static_assert(sizeof(dgram_buffer) == sizeof(platform_part) &&
                   offsetof(dgram_buffer, base) ==
                       offsetof(platform_part, iov_base) &&
                   offsetof(dgram_buffer, length) ==
                       offsetof(platform_part, iov_len),
               "the system orders its buffers another way");

static size_t length_of_parts(const dgram_outgoing *datagram) {
    size_t length = 0;

    for (uint32_t i = 0; i < datagram->part_count; i++) {
        if (datagram->parts[i].length > INT32_MAX)
            return SIZE_MAX;
        length += datagram->parts[i].length;
    }
    return length;
}

static inline size_t length_of(const dgram_outgoing *datagram) {
    return datagram->parts == NULL ? datagram->length
                                   : length_of_parts(datagram);
}

static bool parts_are_sound(const dgram_outgoing *datagram) {
    for (uint32_t i = 0; i < datagram->part_count; i++) {
        if (datagram->parts[i].base == NULL && datagram->parts[i].length > 0)
            return false;
    }
    return datagram->payload == NULL;
}

/* The destination: NULL for the peer of a descriptor that has none. */
static const dgram_address *target_of(const dgram_datapath *dp,
                                      const dgram_outgoing *datagram) {
    if (datagram->to != NULL)
        return datagram->to;
    return dp->connected ? dp->peer : NULL;
}

static bool info_is_sound(const dgram_datapath *dp,
                          const dgram_outgoing *datagram) {
    return datagram->info == NULL ||
           send_info_is_valid(datagram->info, target_of(dp, datagram));
}

static int check_unusual(const dgram_datapath *dp,
                         const dgram_outgoing *datagram) {
    if (datagram->host != NULL || (datagram->flags & ~DGRAM_NO_COPY) != 0 ||
        !info_is_sound(dp, datagram))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    if (datagram->parts != NULL
            ? !parts_are_sound(datagram)
            : datagram->payload == NULL && datagram->length > 0)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    return length_of(datagram) > datapath_size_max(dp) ? UV_EMSGSIZE : 0;
}

/* Whether the datagram has more than a payload in one buffer and this
   information. */
static inline bool has_extras(const dgram_outgoing *datagram,
                              const dgram_send_info *info) {
    return ((uintptr_t)datagram->parts | (uintptr_t)datagram->host |
            ((uintptr_t)datagram->info ^ (uintptr_t)info) | datagram->flags) !=
           0;
}

static inline bool has_only(const dgram_outgoing *datagram,
                            const dgram_send_info *info) {
    return datagram->payload != NULL && !has_extras(datagram, info);
}

/* The usual datagram. */
static inline bool is_plain(const dgram_outgoing *datagram) {
    return has_only(datagram, NULL);
}

int gso_check(const dgram_datapath *dp, const dgram_outgoing *datagram) {
    if (is_plain(datagram) && datagram->length <= DATAGRAM_SIZE_MAX)
        return 0;
    return check_unusual(dp, datagram);
}

/* Whether the datagram is valid, whatever its destination. */
static inline bool is_sound(const dgram_datapath *dp,
                            const dgram_outgoing *datagram,
                            const struct send_rules *rules) {
    if (is_plain(datagram) && datagram->length <= DATAGRAM_SIZE_MAX)
        return true;
    if (rules != NULL && (datagram->parts != NULL ||
                          (datagram->flags & ~(unsigned)rules->flags) != 0))
        return false;
    return check_unusual(dp, datagram) == 0;
}

/* Whether the datagram is valid and has the same information as the first one
   of a message, which is valid and has the same destination. */
static inline bool may_join(const dgram_datapath *dp,
                            const dgram_outgoing *datagram,
                            const struct send_rules *rules,
                            const dgram_send_info *first) {
    if (has_only(datagram, first) && datagram->length <= DATAGRAM_SIZE_MAX)
        return true;
    return send_info_same(datagram->info, first) &&
           is_sound(dp, datagram, rules);
}

static inline bool may_go_to(const dgram_datapath *dp,
                             const struct send_rules *rules,
                             const dgram_address *to) {
    if (rules == NULL)
        return true;
    if (dp->connected || to == NULL)
        return dp->connected && to == NULL;
    return to->any.sa_family == rules->family && dgram_address_port(to) != 0;
}

/* Returns NULL for the peer, even if the datagram names it. */
static const dgram_address *destination(const dgram_datapath *dp,
                                        const dgram_address *to) {
    return to != NULL && dp->connected && address_same(to, dp->peer) ? NULL
                                                                     : to;
}

static bool same_destination(const dgram_address *a, const dgram_address *b) {
    return a == b || (a != NULL && b != NULL && address_same(a, b));
}

/* Returns how many datagrams of this size may be one message to the
 * destination.
 */
static uint32_t segments_max(const dgram_datapath *dp, const dgram_address *to,
                             size_t size) {
    if (to == NULL)
        to = dp->peer;
    if ((dp->policy.local_only && !address_is_loopback(to)) ||
        (dp->gso_cache->used &&
         size > gso_cache_segment_size_max(dp->gso_cache, dp->owner, to,
                                           datapath_now())))
        return 1;
    return dp->segments_max;
}

static inline bool add_part(struct gso_batch *batch,
                            struct platform_out *message, const void *bytes,
                            size_t length) {
    platform_part *next = &batch->parts[batch->part_count];

    if (message->part_count > 0 &&
        (uintptr_t)next[-1].iov_base + next[-1].iov_len == (uintptr_t)bytes) {
        next[-1].iov_len += length;
        return true;
    }
    if (batch->part_count == GSO_PARTS_MAX)
        return false;
    *next = (platform_part){
        .iov_base = (void *)(uintptr_t)bytes,
        .iov_len = length,
    };
    batch->part_count++;
    message->part_count++;
    return true;
}

static bool add_several(struct gso_batch *batch, struct platform_out *message,
                        const dgram_outgoing *datagram) {
    if (GSO_PARTS_MAX - batch->part_count < datagram->part_count)
        return false;
    for (uint32_t i = 0; i < datagram->part_count; i++)
        add_part(batch, message, datagram->parts[i].base,
                 datagram->parts[i].length);
    return true;
}

static inline bool add_parts(struct gso_batch *batch,
                             struct platform_out *message,
                             const dgram_outgoing *datagram) {
    return datagram->parts == NULL
               ? add_part(batch, message, datagram->payload, datagram->length)
               : add_several(batch, message, datagram);
}

/* Returns how many datagrams of one size to one destination have adjacent
   payloads, and the information of the first one. */
static uint32_t count_adjoining(const dgram_outgoing *datagrams, uint32_t max,
                                size_t size) {
    const char *end = (const char *)datagrams->payload + size;
    const dgram_send_info *info = datagrams->info;
    const dgram_address *to = datagrams->to;
    uint32_t n = 1;

    for (; n < max; n++, end += size) {
        const dgram_outgoing *next = &datagrams[n];

        if (next->payload != end || next->length != size || next->to != to ||
            has_extras(next, info))
            break;
    }
    return n;
}

/* Adds those to the message. Returns how many. */
static uint32_t add_adjoining(struct gso_batch *batch, const dgram_datapath *dp,
                              const dgram_outgoing *datagrams, uint32_t max,
                              size_t size) {
    uint32_t n = (uint32_t)min_size(max, MESSAGE_SIZE_MAX / size);

    if (!has_only(datagrams, datagrams->info) || n < 2)
        return 1;
    n = count_adjoining(datagrams, n, size);
    if (n > 1)
        n = (uint32_t)min_size(n, segments_max(dp, datagrams->to, size));
    batch->parts[batch->part_count - 1].iov_len = n * size;
    return n;
}

/* Adds the datagrams that may be in one message with the first one. Returns how
   many the message has then. */
static uint32_t coalesce(struct gso_batch *batch, const dgram_datapath *dp,
                         const struct send_rules *rules,
                         const dgram_outgoing *datagrams, uint32_t max,
                         size_t size) {
    struct platform_out *message = &batch->messages[batch->count];
    uint32_t n = add_adjoining(batch, dp, datagrams, max, size);
    uint32_t adjoining = n;
    size_t length = size, total = n * size;

    for (; n < max && length == size; n++) {
        const dgram_outgoing *next = &datagrams[n];

        length = length_of(next);
        total += length;
        if (length > size || length == 0 || total > MESSAGE_SIZE_MAX ||
            !same_destination(next->to, datagrams->to) ||
            !may_join(dp, next, rules, datagrams->info))
            break;
        if (n == adjoining)
            max = (uint32_t)min_size(max, segments_max(dp, next->to, size));
        if (n >= max || !add_parts(batch, message, next))
            break;
    }
    if (n > 1)
        message->segment_size = (uint32_t)size;
    return n;
}

/* A quick check whether the second datagram may be in the message. */
static inline bool may_follow(const dgram_outgoing *datagrams, size_t size) {
    return size > 0 && same_destination(datagrams[1].to, datagrams[0].to);
}

/* Adds a message of up to `max` datagrams. Returns how many it has; 0: the
   batch has no space. */
static uint32_t add_message(struct gso_batch *batch, const dgram_datapath *dp,
                            const struct send_rules *rules,
                            const dgram_outgoing *datagrams, uint32_t max) {
    struct platform_out *message = &batch->messages[batch->count];
    uint32_t n = 1;

    *message = (struct platform_out){
        .to = destination(dp, datagrams->to),
        .parts = &batch->parts[batch->part_count],
        .info = datagrams->info,
    };
    if (message->info != NULL)
        message->info_to = target_of(dp, datagrams);
    if (add_parts(batch, message, datagrams)) {
        size_t size = max > 1 ? length_of(datagrams) : 0;

        if (may_follow(datagrams, size))
            n = coalesce(batch, dp, rules, datagrams, max, size);
    } else if (datagrams->parts != NULL && batch->count == 0) {
        message->parts = (platform_part *)(uintptr_t)datagrams->parts;
        message->part_count = datagrams->part_count;
    } else {
        return 0;
    }
    batch->datagrams[batch->count++] = n;
    return n;
}

void gso_build(struct gso_batch *batch, const dgram_datapath *dp,
               const struct send_rules *rules, const dgram_outgoing *datagrams,
               size_t count, uint32_t max) {
    size_t unbatched = dp->refused.left, i = 0;

    batch->count = batch->part_count = 0;
    while (i < count && batch->count < max &&
           is_sound(dp, &datagrams[i], rules) &&
           may_go_to(dp, rules, datagrams[i].to)) {
        uint32_t segments = i < unbatched ? 1 : dp->segments_max;
        uint32_t n = add_message(batch, dp, rules, &datagrams[i],
                                 (uint32_t)min_size(segments, count - i));

        if (n == 0)
            return;
        i += n;
    }
}
