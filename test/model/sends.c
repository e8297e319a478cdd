/* Single datagrams: sends by address, by name and to the peer, and answers. */
#include "model.h"

#include <string.h>

int check_send_form(const struct model *m, bool to) {
    if (m->bind == CLOSED)
        return DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING;
    if (m->connect == CONNECTED && to)
        return DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED;
    if (m->connect != CONNECTED && !to)
        return DGRAM_ERR_SOCKET_BAD_PORT;
    return 0;
}

/* The bytes that a datagram counts for, as in dgram.h. */
static size_t cost_of(bool named, size_t size) {
    return size + (named ? 768 + strlen("mail") : 256);
}

/* The most or the fewest bytes that the socket queues: the model does not know
   which names are resolved. */
static size_t kept(const struct model *m, bool at_most) {
    size_t bytes = 0;

    for (int i = 0; i < datagram_count; i++) {
        if (datagrams[i].from == m && !datagrams[i].called)
            bytes += cost_of(datagrams[i].named && at_most, datagrams[i].size);
    }
    return bytes;
}

/* The result that a send must have before any system call, if it has
   returned `result`; with it at least or at most this number of bytes would
   be queued. */
static int check_send(const struct model *m, bool to, size_t least, size_t most,
                      int result) {
    int code = check_send_form(m, to);

    if (code < 0 || m->queue_max == 0)
        return code;
    if (least > m->queue_max)
        return UV_ENOBUFS;
    return most > m->queue_max && result == UV_ENOBUFS ? result : 0;
}

void call_send(struct model *m) {
    static unsigned char payload[2000];
    static const size_t sizes[] = {64, 64, 64, 700, 2000};
    size_t size = sizes[any(5)];
    bool named = one_in(4),
         to = named || one_in(4) == (m->connect == CONNECTED);
    uint16_t port = 1 + (uint16_t)any(3);
    uint32_t id = (uint32_t)datagram_count;
    size_t least = kept(m, false) + cost_of(named && !m->keeps, size);
    size_t most = kept(m, true) + cost_of(named, size);
    dgram_address address;
    int expected, result;

    if (datagram_count == DATAGRAMS_MAX)
        return;
    note("send %d: %u, %zu bytes%s%s", name_of(m), id, size,
         named ? " by name" : "", to ? "" : " to the peer");
    memcpy(payload, &id, sizeof id);
    dgram_address_parse("127.0.0.1", port, &address);
    datagrams[datagram_count++] = (struct datagram){
        .from = m, .port = to ? port : 0, .named = named, .size = size};
    m->sends_owed++;
    call_begins(m);
    if (named)
        result = dgram_send_to(m->socket, payload, size, "mail", port, on_sent,
                               (void *)(uintptr_t)id);
    else
        result = dgram_send(m->socket, payload, size, to ? &address : NULL,
                            on_sent, (void *)(uintptr_t)id);
    expected = check_send(m, to, least, most, result);
    check_result(m, result, expected < 0 ? expected : kernel_failure);
    flow_sent(m, result == UV_ENOBUFS);
    if (result < 0) {
        m->sends_owed--;
        datagram_count--;
    }
}

/* Datagrams that are certainly not sent yet. */
void check_queue(const struct model *m) {
    size_t least = 0, most = 0, count = dgram_get_send_queue_count(m->socket);

    for (int i = 0; i < datagram_count; i++) {
        bool waits = datagrams[i].from == m && !datagrams[i].taken &&
                     !datagrams[i].called && datagrams[i].refused == 0;
        most += waits;
        least += waits && !datagrams[i].named;
    }
    AGREE(m->bind == CLOSED || (count >= least && count <= most));
}

/* An answer to a message, which was received with or without information. On a
   connected socket it may be of the peer. */
void call_reply(struct model *m) {
    dgram_receive_info info = {.valid = DGRAM_INFO_LOCAL | DGRAM_INFO_TOS};
    bool of_peer = m->connect == CONNECTED && !one_in(4), knows = one_in(2);
    uint16_t port = of_peer ? 0 : 1 + (uint16_t)any(3);
    uint32_t id = (uint32_t)datagram_count;
    size_t cost = cost_of(false, sizeof id);
    size_t least = kept(m, false) + cost, most = kept(m, true) + cost;
    dgram_address from;
    dgram_message message = {.from = &from, .info = knows ? &info : NULL};
    int expected, result;

    if (datagram_count == DATAGRAMS_MAX)
        return;
    note("reply %d: %u%s", name_of(m), id, of_peer ? " to the peer" : "");
    if (of_peer)
        from = m->peer;
    else
        dgram_address_parse("127.0.0.1", port, &from);
    info.local = info.reply_from = infos[INFO_LOCAL].local;
    datagrams[datagram_count++] =
        (struct datagram){.from = m,
                          .port = port,
                          .size = sizeof id,
                          .info = knows ? INFO_LOCAL : NO_INFO};
    m->sends_owed++;
    call_begins(m);
    result = dgram_reply(m->socket, &message, &id, sizeof id, on_sent,
                         (void *)(uintptr_t)id);
    expected = check_send(m, !of_peer, least, most, result);
    check_result(m, result, expected < 0 ? expected : kernel_failure);
    flow_sent(m, result == UV_ENOBUFS);
    if (result < 0) {
        m->sends_owed--;
        datagram_count--;
    }
}
