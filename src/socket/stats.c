#include "socket/stats.h"

#include "socket/socket.h"

void stats_add_blocked(dgram_socket *s, uint32_t count) {
    s->datapath.stats.counts.blocked += count;
}

void stats_add_truncated(dgram_socket *s, uint32_t count) {
    s->datapath.stats.counts.truncated += count;
}

void stats_add_send_errors(dgram_socket *s, size_t count) {
    s->datapath.stats.counts.send_errors += count;
}

void stats_note_queue(dgram_socket *s) {
    size_t size = flush_size(&s->flush) + named_send_size(&s->named_sends);

    if (size > s->datapath.stats.counts.send_queue_peak)
        s->datapath.stats.counts.send_queue_peak = size;
}

void stats_close(dgram_socket *s) {
    stats_read_drops(&s->datapath.stats, s->datapath.fd);
}

int dgram_get_stats(dgram_socket *s, dgram_stats *stats_out) {
    stats_note_queue(s);
    if (s->state.bind == STATE_BOUND)
        stats_read_drops(&s->datapath.stats, s->datapath.fd);
    return stats_copy(&s->datapath.stats, stats_out);
}
