/* Datagrams whose host is being looked up. Each keeps a copy of its payload
   until the address is known and the datagram is queued. */
#ifndef DGRAM_SOCKET_NAMED_SEND_H
#define DGRAM_SOCKET_NAMED_SEND_H

#include "namespace.h"
#include "dgram.h"
#include "loop/sendq.h"

/* Bytes that one takes, about, besides its payload and the host's text. */
#define NAMED_SEND_COST 768u

struct named_send_part {
    struct list list;
    uint32_t count;
    size_t size; /* bytes of the payloads */
    size_t cost; /* bytes that keeping them takes, payloads included */
};

void named_send_init(dgram_socket *s);

static inline size_t named_send_cost(const struct named_send_part *named) {
    return named->cost;
}

static inline size_t named_send_size(const struct named_send_part *named) {
    return named->size;
}

static inline size_t named_send_count(const struct named_send_part *named) {
    return named->count;
}

/* Starts the lookup. Returns 0, or a negative code, recorded in s->error. */
int named_send_start(dgram_socket *s, const char *host, uint16_t port,
                     const struct sendq_item *item);

/* The socket closes: cancels the lookups, and then reports to the callers, one
   a call. False: there was none. */
void named_send_cancel_lookups(dgram_socket *s);
bool named_send_report_end(dgram_socket *s);

#endif
