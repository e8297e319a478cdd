/* Random batches, to be queued or for the kernel at once: some datagrams of one
   size that stand one behind the other, some not copied, some by name, some
   with information, some that are refused. */
#include "model.h"

#include <string.h>

#define BATCH_MAX 80
#define UNCOPIED_SIZE 700 /* shorter ones are copied nevertheless */

static unsigned char copied[BATCH_MAX * 2000];
static unsigned char uncopied[DATAGRAMS_MAX]
                             [UNCOPIED_SIZE]; /* as long as the seed */
static dgram_address addresses[4];            /* by port */

#define LOOPBACK                                                               \
    {                                                                          \
        .v4 = {.sin_family = AF_INET, .sin_addr = {0x0100007f} }               \
    }

const dgram_send_info infos[INFOS] = {
    [INFO_TOS] = {.set = DGRAM_INFO_TOS, .tos = 3},
    [INFO_OTHER_TOS] = {.set = DGRAM_INFO_TOS, .tos = 4},
    [INFO_LOCAL] = {.set = DGRAM_INFO_LOCAL, .local = LOOPBACK},
    [INFO_LOCAL_AND_TTL] = {.set = DGRAM_INFO_LOCAL | DGRAM_INFO_TTL,
                            .local = LOOPBACK,
                            .ttl = 9},
    [INFO_NO_TTL] = {.set = DGRAM_INFO_TTL},
    [INFO_TIME] = {.set = DGRAM_INFO_TIMESTAMP | DGRAM_INFO_TOS},
    [INFO_OTHER_FAMILY] = {.set = DGRAM_INFO_LOCAL,
                           .local = {.v6 = {.sin6_family = AF_INET6}}},
};

/* The form of most datagrams of a batch. */
struct kind {
    bool alike; /* all of them: they can be coalesced */
    bool no_copy, names, to;
    size_t size;
    uint16_t port;
    enum info_model info;
};

static enum info_model any_info(void) {
    return one_in(3) ? NO_INFO : any(one_in(8) ? INFOS : INFOS_VALID);
}

static struct kind any_kind(const struct model *m) {
    static const size_t sizes[] = {64, 64, UNCOPIED_SIZE, 2000};
    struct kind kind = {.alike = one_in(2),
                        .to = one_in(8) == (m->connect == CONNECTED),
                        .size = sizes[any(4)],
                        .port = 1 + (uint16_t)any(3),
                        .info = any_info()};

    kind.no_copy = kind.size == UNCOPIED_SIZE && one_in(2);
    kind.names = one_in(4);
    return kind;
}

/* Makes the datagram with this number; returns its size in the buffer. */
static size_t make(struct model *m, const struct kind *kind, uint32_t id,
                   unsigned char *place, dgram_outgoing *out) {
    struct kind own = kind->alike ? *kind : any_kind(m);
    bool named = own.names && one_in(kind->alike ? 16 : 2);
    enum info_model info = one_in(16) ? any_info() : own.info;
    unsigned char *bytes = own.no_copy ? uncopied[id] : place;

    memcpy(bytes, &id, sizeof id);
    *out = (dgram_outgoing){.payload = bytes,
                            .length = own.size,
                            .flags = own.no_copy ? DGRAM_NO_COPY : 0,
                            .data = (void *)(uintptr_t)id};
    if (info != NO_INFO)
        out->info = &infos[info];
    if (named) {
        out->host = "mail";
        out->port = own.port;
    } else if (own.to) {
        out->to = &addresses[own.port];
    }
    datagrams[id] = (struct datagram){.from = m,
                                      .port = named || own.to ? own.port : 0,
                                      .named = named,
                                      .size = own.size,
                                      .info = info};
    return own.no_copy ? 0 : own.size;
}

/* A refused datagram changes nothing. */
static void forget(int id) {
    AGREE(!datagrams[id].taken && !datagrams[id].called &&
          datagrams[id].refused == 0);
    datagrams[id] = (struct datagram){.called = true};
}

/* The last ones that were forgotten. */
static void forget_last(int first) {
    while (datagram_count > first && datagrams[datagram_count - 1].from == NULL)
        datagram_count--;
}

/* Without a destination the library cannot compare families: that of a name is
   not known yet. */
static bool has_valid_info(const struct model *m,
                           const dgram_outgoing *message) {
    bool has_destination = message->to != NULL || m->connect == CONNECTED;

    if (message->info == &infos[INFO_OTHER_FAMILY])
        return message->host != NULL || !has_destination;
    return message->info == NULL || message->info < &infos[INFOS_VALID];
}

/* Each may be refused for its form, because the bind fails, or because the
   queue is full. */
static void check_status(const struct model *m, const dgram_outgoing *message,
                         int status) {
    bool to = message->to != NULL || message->host != NULL;
    int code = check_send_form(m, to);

    if (!has_valid_info(m, message))
        AGREE(status == DGRAM_ERR_INVALID_ARG_VALUE);
    else if (code < 0)
        AGREE(status == code);
    else if (status == UV_ENOBUFS)
        AGREE(m->queue_max > 0);
    else
        AGREE(status == 0 || (kernel_failure < 0 && status == kernel_failure));
}

static void check_statuses(struct model *m, const dgram_outgoing *messages,
                           const int *status, int count, int result) {
    int first = datagram_count - count, accepted = 0;
    bool refused = false;

    for (int i = 0; i < count; i++) {
        check_status(m, &messages[i], status[i]);
        refused |= status[i] == UV_ENOBUFS;
        if (status[i] < 0) {
            forget(first + i);
            m->sends_owed--;
        }
        accepted += status[i] == 0;
    }
    AGREE(result == (accepted > 0 ? accepted : status[0]));
    flow_sent(m, refused);
    forget_last(first);
}

/* Makes up to BATCH_MAX datagrams; returns how many. Their payloads are valid
   until end_batch(). */
static int make_batch(struct model *m, const char *call,
                      dgram_outgoing *messages) {
    int count = one_in(2) ? 1 + (int)any(6) : 30 + (int)any(BATCH_MAX - 29);
    int first = datagram_count;
    struct kind kind = any_kind(m);
    size_t used = 0;

    if (first + count > DATAGRAMS_MAX)
        return 0;
    for (uint16_t port = 1; port <= 3; port++)
        dgram_address_parse("127.0.0.1", port, &addresses[port]);
    for (int i = 0; i < count; i++)
        used +=
            make(m, &kind, (uint32_t)(first + i), copied + used, &messages[i]);
    datagram_count += count;
    note("%s %d: %d from %d on%s", call, name_of(m), count, first,
         kind.alike ? ", alike" : "");
    return count;
}

/* The library has copies. */
static void end_batch(int result) {
    memset(copied, 0xff, sizeof copied);
    calling = NULL;
    note("  %d", result);
}

void call_batch(struct model *m) {
    dgram_outgoing messages[BATCH_MAX];
    int status[BATCH_MAX], result;
    int count = make_batch(m, "batch", messages);

    if (count == 0)
        return;
    m->sends_owed += count;
    call_begins(m);
    result =
        dgram_send_batch(m->socket, messages, (size_t)count, status, on_sent);
    end_batch(result);
    AGREE(result != 0);
    check_statuses(m, messages, status, count, result);
}

/* ---- The same for the kernel at once ------------------------------------ */

/* A datagram that is done was taken, or has failed for its form or by the
   kernel. */
static void check_done(const struct model *m, const dgram_outgoing *message,
                       int id, int status) {
    int code = check_send_form(m, message->to != NULL);

    if (message->host != NULL || (code == 0 && !has_valid_info(m, message)))
        code = DGRAM_ERR_INVALID_ARG_VALUE;
    if (status >= 0)
        AGREE(code == 0 && datagrams[id].taken &&
              (size_t)status == datagrams[id].size);
    else
        AGREE(!datagrams[id].taken &&
              status == (code < 0 ? code : datagrams[id].refused));
    datagrams[id].called = true;
}

/* The result if no datagram is done. */
static void check_none_done(const struct model *m, int result) {
    int expected =
        m->bind == CLOSED ? DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING : kernel_failure;

    if (expected < 0)
        AGREE(result == expected);
    else
        AGREE(result == UV_EAGAIN || (result == UV_ENOBUFS && m->reordered));
    AGREE(dgram_last_error(m->socket)->code == result);
}

void call_try_send(struct model *m) {
    dgram_outgoing messages[BATCH_MAX];
    int status[BATCH_MAX], result, done;
    int count = make_batch(m, "try", messages), first = datagram_count - count;

    if (count == 0)
        return;
    call_begins(m);
    result = dgram_try_send_batch(m->socket, messages, (size_t)count, status);
    end_batch(result);
    AGREE(result != 0 && result <= count);
    if (result < 0)
        check_none_done(m, result);
    done = result < 0 ? 0 : result;
    for (int i = 0; i < done; i++)
        check_done(m, &messages[i], first + i, status[i]);
    if (done > 0 && done < count)
        AGREE(status[done] == UV_EAGAIN ||
              (status[done] == UV_ENOBUFS && m->reordered));
    for (int i = done; i < count; i++)
        forget(first + i);
    forget_last(first);
}
