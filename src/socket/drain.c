/* Happy path: the queue grows to half of its limit, which drain_queue_grew()
   notes. When it has shrunk below that, flush_drain_soon() schedules the event.

   A datagram larger than half of the limit may be refused while the queue is
   below half. Then the event is due when the queue is empty. */
#include "socket/drain.h"

#include "socket/socket.h"

/* Bytes that the datagrams of the socket take up. */
static size_t used(const dgram_socket *s) {
    return flush_cost(&s->flush) + named_send_cost(&s->named_sends);
}

void drain_queue_grew(dgram_socket *s) {
    size_t max = flush_size_max(&s->flush), half = max - max / 2;

    if (used(s) >= half)
        s->drain.below = half;
}

/* If an event at half of the limit is awaited, it comes first and suffices. */
void drain_refused(dgram_socket *s, uint64_t cost) {
    if (s->drain.below == 0 && cost <= flush_size_max(&s->flush))
        s->drain.below = 1;
}

bool drain_is_due(const dgram_socket *s) {
    return s->drain.below > 0 && used(s) < s->drain.below;
}

void drain_emit(dgram_socket *s) {
    if (!drain_is_due(s))
        return;
    s->drain.below = 0;
    events_drain(&s->events, s);
}

void drain_close(dgram_socket *s) {
    s->drain.below = 0;
}
