/* Flow control: when `drain` is due, and that a socket which the program has
   stopped receives nothing. */
#include "model.h"

static size_t used(const struct model *m) {
    return m->queue_max - dgram_get_send_queue_space(m->socket);
}

void check_space(const struct model *m) {
    size_t space = dgram_get_send_queue_space(m->socket);

    AGREE(m->queue_max > 0 ? space <= m->queue_max : space == SIZE_MAX);
}

void flow_sent(struct model *m, bool refused) {
    if (m->queue_max == 0)
        return;
    if (used(m) * 2 >= m->queue_max)
        m->drain_below = m->queue_max / 2;
    else if (refused && m->drain_below == 0)
        m->drain_below = 1;
}

void flow_drained(struct model *m) {
    AGREE(m->bind != CLOSED && m->drain_below > 0 && used(m) < m->drain_below);
    m->drain_below = 0;
}

void call_receive(struct model *m) {
    int expected = m->bind == CLOSED ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING : 0;
    bool stop = one_in(3);

    note("receive %d: %s", name_of(m), stop ? "stop" : "start");
    call_begins(m);
    check_result(m,
                 stop ? dgram_receive_stop(m->socket)
                      : dgram_receive_start(m->socket),
                 expected);
    if (expected == 0)
        m->stopped = stop;
}

void start_receiving(struct model *m) {
    if (m->stopped && m->bind != CLOSED)
        AGREE(dgram_receive_start(m->socket) == 0);
    m->stopped = false;
}

void check_settled(const struct model *m) {
    if (m->bind == CLOSED)
        return;
    AGREE(m->drain_below == 0);
    AGREE(m->seen == m->given);
}
