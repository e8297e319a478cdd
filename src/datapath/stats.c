#include "datapath/stats.h"

#include <string.h>

#include "util/sized.h"
#include "util/util.h"

void stats_attach(struct stats *stats, dgram_fd fd) {
    stats->drops_are_known = platform->receive_drops(fd, &stats->drops) >= 0;
    if (!stats->drops_are_known)
        stats->counts.receive_drops = DGRAM_STATS_UNKNOWN;
    else if (stats->counts.receive_drops == DGRAM_STATS_UNKNOWN)
        stats->counts.receive_drops = 0;
}

/* The kernel's count has 32 bits and wraps. If it cannot be read now, the next
   call adds what this one would have. */
void stats_read_drops(struct stats *stats, dgram_fd fd) {
    uint32_t drops;

    if (!stats->drops_are_known || platform->receive_drops(fd, &drops) < 0)
        return;
    stats->counts.receive_drops += drops - stats->drops;
    stats->drops = drops;
}

int stats_copy(const struct stats *stats, dgram_stats *out) {
    size_t size = out->size;

    if (!sized_is_sound(sizeof(*out),
                        SIZE_UP_TO(dgram_stats, datagrams_received), out))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    memcpy(out, &stats->counts, min_size(size, sizeof(*out)));
    out->size = size;
    return 0;
}
