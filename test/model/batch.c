/* Random batches: some datagrams of one size that stand one behind the other,
   some not copied, some by name, some that are refused. */
#include "model.h"

#include <string.h>

#define BATCH_MAX 80
#define UNCOPIED_SIZE 700 /* shorter ones are copied nevertheless */

static unsigned char copied[BATCH_MAX * 2000];
static unsigned char uncopied[DATAGRAMS_MAX]
                             [UNCOPIED_SIZE]; /* as long as the seed */
static dgram_address addresses[4];            /* by port */

/* The form of most datagrams of a batch. */
struct kind {
    bool alike; /* all of them: they can be coalesced */
    bool no_copy, names, to;
    size_t size;
    uint16_t port;
};

static struct kind any_kind(const struct model *m) {
    static const size_t sizes[] = {64, 64, UNCOPIED_SIZE, 2000};
    struct kind kind = {.alike = one_in(2),
                        .to = one_in(8) == (m->connect == CONNECTED),
                        .size = sizes[any(4)],
                        .port = 1 + (uint16_t)any(3)};

    kind.no_copy = kind.size == UNCOPIED_SIZE && one_in(2);
    kind.names = one_in(4);
    return kind;
}

/* Makes the datagram with this number; returns its size in the buffer. */
static size_t make(struct model *m, const struct kind *kind, uint32_t id,
                   unsigned char *place, dgram_outgoing *out) {
    struct kind own = kind->alike ? *kind : any_kind(m);
    bool named = own.names && one_in(kind->alike ? 16 : 2);
    unsigned char *bytes = own.no_copy ? uncopied[id] : place;

    memcpy(bytes, &id, sizeof id);
    *out = (dgram_outgoing){.payload = bytes,
                            .length = own.size,
                            .flags = own.no_copy ? DGRAM_NO_COPY : 0,
                            .data = (void *)(uintptr_t)id};
    if (named) {
        out->host = "mail";
        out->port = own.port;
    } else if (own.to) {
        out->to = &addresses[own.port];
    }
    datagrams[id] = (struct datagram){.from = m,
                                      .port = named || own.to ? own.port : 0,
                                      .named = named,
                                      .size = own.size};
    return own.no_copy ? 0 : own.size;
}

/* A refused datagram changes nothing. */
static void forget(struct model *m, int id) {
    AGREE(!datagrams[id].taken && !datagrams[id].called &&
          datagrams[id].refused == 0);
    datagrams[id] = (struct datagram){.called = true};
    m->sends_owed--;
}

/* Each may be refused for its form, because the bind fails, or because the
   queue is full. */
static void check_status(const struct model *m, const dgram_outgoing *message,
                         int status) {
    bool to = message->to != NULL || message->host != NULL;
    int code = check_send_form(m, to);

    if (code < 0)
        AGREE(status == code);
    else if (status == UV_ENOBUFS)
        AGREE(m->queue_max > 0);
    else
        AGREE(status == 0 || (kernel_failure < 0 && status == kernel_failure));
}

static void check_statuses(struct model *m, const dgram_outgoing *messages,
                           const int *status, int count, int result) {
    int first = datagram_count - count, accepted = 0;

    for (int i = 0; i < count; i++) {
        check_status(m, &messages[i], status[i]);
        if (status[i] < 0)
            forget(m, first + i);
        accepted += status[i] == 0;
    }
    AGREE(result == (accepted > 0 ? accepted : status[0]));
    while (datagram_count > first && datagrams[datagram_count - 1].from == NULL)
        datagram_count--;
}

void call_batch(struct model *m) {
    dgram_outgoing messages[BATCH_MAX];
    int status[BATCH_MAX];
    int count = one_in(2) ? 1 + (int)any(6) : 30 + (int)any(BATCH_MAX - 29);
    int first = datagram_count, result;
    struct kind kind = any_kind(m);
    size_t used = 0;

    if (first + count > DATAGRAMS_MAX)
        return;
    for (uint16_t port = 1; port <= 3; port++)
        dgram_address_parse("127.0.0.1", port, &addresses[port]);
    for (int i = 0; i < count; i++)
        used +=
            make(m, &kind, (uint32_t)(first + i), copied + used, &messages[i]);
    datagram_count += count;
    m->sends_owed += count;
    note("batch %d: %d from %d on%s", (int)(m - models), count, first,
         kind.alike ? ", alike" : "");
    call_begins(m);
    result =
        dgram_send_batch(m->socket, messages, (size_t)count, status, on_sent);
    memset(copied, 0xff, used); /* it has its own */
    calling = NULL;
    note("  %d accepted", result);
    AGREE(result != 0);
    check_statuses(m, messages, status, count, result);
}
