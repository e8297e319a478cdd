/* Random batches: some datagrams of one size that stand one behind the other,
   some lent, some by name, some that are refused. */
#include "model.h"

#include <string.h>

#define BATCH_MAX 80
#define LENT_SIZE 700 /* shorter ones are copied all the same */

static unsigned char copied[BATCH_MAX * 2000];
static unsigned char lent[MAIL_MAX][LENT_SIZE]; /* as long as the seed */
static dgram_address addresses[4];              /* by port */

/* How the datagrams of one batch look, most of them. */
struct kind {
    bool alike; /* all of them: they make runs */
    bool lends, names, to;
    size_t size;
    uint16_t port;
};

static struct kind any_kind(const struct model *m) {
    static const size_t sizes[] = {64, 64, LENT_SIZE, 2000};
    struct kind kind = {.alike = one_in(2),
                        .to = one_in(8) == (m->connect == CONNECTED),
                        .size = sizes[any(4)],
                        .port = 1 + (uint16_t)any(3)};

    kind.lends = kind.size == LENT_SIZE && one_in(2);
    kind.names = one_in(4);
    return kind;
}

/* Makes the datagram with this number; returns the bytes of its place. */
static size_t make(struct model *m, const struct kind *kind, uint32_t id,
                   unsigned char *place, dgram_outgoing *out) {
    struct kind own = kind->alike ? *kind : any_kind(m);
    bool named = own.names && one_in(kind->alike ? 16 : 2);
    unsigned char *bytes = own.lends ? lent[id] : place;

    memcpy(bytes, &id, sizeof id);
    *out = (dgram_outgoing){.payload = bytes,
                            .length = own.size,
                            .flags = own.lends ? DGRAM_LEND : 0,
                            .data = (void *)(uintptr_t)id};
    if (named) {
        out->host = "mail";
        out->port = own.port;
    } else if (own.to) {
        out->to = &addresses[own.port];
    }
    mail[id] = (struct mail){.from = m,
                             .port = named || own.to ? own.port : 0,
                             .named = named,
                             .size = own.size};
    return own.lends ? 0 : own.size;
}

/* How many are accepted before one is refused for what it is. */
static int acceptable(const struct model *m, const dgram_outgoing *messages,
                      int count, int *code) {
    for (int i = 0; i < count; i++) {
        bool to = messages[i].to != NULL || messages[i].host != NULL;

        *code = check_send_form(m, to);
        if (*code < 0)
            return i;
    }
    return count;
}

/* The refused ones are as if they had never been. */
static void forget_refused(struct model *m, int first, int accepted,
                           int count) {
    for (int i = accepted; i < count; i++) {
        AGREE(!mail[first + i].taken && !mail[first + i].called);
        AGREE(mail[first + i].refused == 0);
    }
    mail_count = first + accepted;
    m->sends_owed -= count - accepted;
}

/* A batch may end early for want of room, or of a bind. */
static void check_accepted(const struct model *m, int result, int most,
                           int code, const dgram_outgoing *messages) {
    int accepted = result < 0 ? 0 : result;
    int latest = dgram_last_error(m->socket)->code;

    if (accepted == most) {
        AGREE(code == 0 || latest == code);
        return;
    }
    AGREE(accepted < most);
    if (kernel_failure < 0 && accepted == 0) {
        AGREE(latest == kernel_failure);
        return;
    }
    AGREE(latest == UV_ENOBUFS && m->queue_max > 0);
    AGREE(dgram_send_queue_size(m->socket) + messages[accepted].length >
          m->queue_max);
}

void call_batch(struct model *m) {
    dgram_outgoing messages[BATCH_MAX];
    int count = one_in(2) ? 1 + (int)any(6) : 30 + (int)any(BATCH_MAX - 29);
    int first = mail_count, code = 0, most, result;
    struct kind kind = any_kind(m);
    size_t used = 0;

    if (first + count > MAIL_MAX)
        return;
    for (uint16_t port = 1; port <= 3; port++)
        dgram_address_parse("127.0.0.1", port, &addresses[port]);
    for (int i = 0; i < count; i++)
        used +=
            make(m, &kind, (uint32_t)(first + i), copied + used, &messages[i]);
    mail_count += count;
    m->sends_owed += count;
    most = acceptable(m, messages, count, &code);
    note("batch %d: %d from %d on%s", (int)(m - models), count, first,
         kind.alike ? ", alike" : "");
    call_begins(m);
    result = dgram_send_batch(m->socket, messages, (size_t)count, on_sent);
    memset(copied, 0xff, used); /* it has its own */
    calling = NULL;
    note("  %d accepted", result);
    if (result < 0)
        AGREE(dgram_last_error(m->socket)->code == result);
    else
        AGREE(result > 0);
    check_accepted(m, result, most, code, messages);
    forget_refused(m, first, result < 0 ? 0 : result, count);
}
