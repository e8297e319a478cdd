/* The happy way: a datagram with an address is checked, copied to the end of
   the queue, and a task put off that flushes it with the others of its phase; a
   full queue is flushed at once. A datagram for a host waits with its own copy
   of the payload until the host is looked up, and then goes the same way.

   What can go wrong: misuse and a full queue are the caller's to know, at once.
   What the kernel will refuse anyway (too long, another family) or a block list
   forbids takes its place in the queue with its status, so that callbacks come
   in order. */
#include "send.h"

#include <string.h>

#include "base/alloc.h"
#include "base/util.h"
#include "bind.h"
#include "flush.h"
#include "lookup.h"

/* Lent payloads shorter than this are copied all the same: it is faster. */
#define LEND_SIZE_MIN 512u

/* One datagram on its way into the queue. */
struct item {
    const uv_buf_t *parts;
    size_t part_count;
    size_t length; /* of all parts */
    bool lent;     /* one part, and it stays */
    int status;    /* 0, or the code it is refused with */
    dgram_send_cb cb;
    void *data;
};

/* A datagram whose host is being looked up. */
struct named_send {
    struct list node;
    dgram_socket *socket;
    dgram_lookup *lookup; /* NULL once it is cancelled */
    const unsigned char *payload;
    size_t length;
    bool lent;
    dgram_send_cb cb;
    void *data;
    unsigned char copy[]; /* unless lent */
};

static void gather(const uv_buf_t *parts, size_t count, unsigned char *out) {
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len == 0)
            continue;
        memcpy(out, parts[i].base, parts[i].len);
        out += parts[i].len;
    }
}

static int enqueue(dgram_socket *s, const dgram_address *to,
                   const struct item *item) {
    bool copied = !item->lent && item->status == 0;
    struct sendq_entry *entry;
    unsigned char *room;

    entry = sendq_push(&s->sendq, &s->loop->pool, to, item->length,
                       copied ? item->length : 0, &room);
    if (entry == NULL)
        return error_set(&s->error, UV_ENOMEM, "send");
    if (copied)
        gather(item->parts, item->part_count, room);
    entry->bytes = item->lent ? (unsigned char *)item->parts[0].base : room;
    entry->status = item->status;
    entry->cb = item->cb;
    entry->data = item->data;
    if (sendq_full(&s->sendq))
        flush_now(s);
    else
        loop_defer(s->loop, &s->send_task);
    return 0;
}

/* What the datagram will be told instead of being sent. */
static int check_sendable(const dgram_socket *s, const dgram_address *to,
                          size_t length) {
    if (length > DATAGRAM_SIZE_MAX)
        return UV_EMSGSIZE;
    if (s->state.connect != STATE_CONNECTED &&
        blocklist_blocks(s->send_blocklist, to))
        return DGRAM_ERR_IP_BLOCKED;
    return 0;
}

static int measure(dgram_socket *s, struct item *item) {
    item->length = 0;
    for (size_t i = 0; i < item->part_count; i++) {
        if (item->parts[i].base == NULL && item->parts[i].len > 0)
            return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
        item->length += item->parts[i].len;
    }
    if (item->length > UINT32_MAX)
        return socket_misuse(s, DGRAM_ERR_OUT_OF_RANGE);
    if (item->part_count != 1 || item->length < LEND_SIZE_MIN)
        item->lent = false;
    return 0;
}

/* Called when all else is well: it may bind. */
static int make_ready(dgram_socket *s, const struct item *item) {
    if (s->send_queue_size_max > 0 &&
        s->sendq.size + s->named_size + item->length > s->send_queue_size_max)
        return error_set(&s->error, UV_ENOBUFS, "send");
    return bind_implicit(s);
}

static int check_running(dgram_socket *s) {
    return s->state.bind == STATE_CLOSED
               ? socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING)
               : 0;
}

static int check_destination(dgram_socket *s, const dgram_address *to) {
    if (s->state.connect == STATE_CONNECTED)
        return to == NULL
                   ? 0
                   : socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    if (to == NULL || dgram_address_port(to) == 0)
        return socket_misuse(s, DGRAM_ERR_SOCKET_BAD_PORT);
    if (to->any.sa_family != address_family_of(s->type))
        return error_set_address(&s->error, UV_EINVAL, "send", to);
    return 0;
}

static int send_item(dgram_socket *s, const dgram_address *to,
                     struct item *item) {
    int result = check_running(s);

    if (result == 0)
        result = check_destination(s, to);
    if (result == 0)
        result = measure(s, item);
    if (result == 0)
        result = make_ready(s, item);
    if (result < 0)
        return result;
    if (to == NULL)
        to = &s->remote;
    item->status = check_sendable(s, to, item->length);
    return enqueue(s, to, item);
}

static void free_named(struct named_send *named) {
    dgram_socket *s = named->socket;

    list_remove(&named->node);
    s->named_count--;
    s->named_size -= named->length;
    alloc_free(named);
}

/* A datagram that was accepted and cannot be queued any more. */
static void fail_named(struct named_send *named, int status) {
    dgram_socket *s = named->socket;
    dgram_send_cb cb = named->cb;
    void *data = named->data;

    free_named(named);
    if (cb != NULL)
        cb(s, status, data);
    else if (status != UV_ECANCELED)
        socket_emit_error(s);
}

static void on_address(dgram_socket *s, int status,
                       const dgram_address *address, void *context) {
    struct named_send *named = context;
    uv_buf_t part = {(char *)(uintptr_t)named->payload, named->length};
    struct item item = {
        .parts = &part,
        .part_count = 1,
        .length = named->length,
        .lent = named->lent,
        .cb = named->cb,
        .data = named->data,
    };

    named->lookup = NULL;
    if (status == 0) {
        item.status = check_sendable(s, address, named->length);
        if (s->state.connect == STATE_CONNECTED)
            item.status = UV_EISCONN;
        else if (address->any.sa_family != address_family_of(s->type))
            item.status = UV_EINVAL;
        status = enqueue(s, address, &item);
    }
    if (status < 0)
        fail_named(named, status);
    else
        free_named(named);
}

static int start_named(dgram_socket *s, const char *host, uint16_t port,
                       const struct item *item) {
    size_t copied = item->lent ? 0 : item->length;
    struct named_send *named = alloc_bytes(sizeof(*named) + copied);
    int result;

    if (named == NULL)
        return error_set(&s->error, UV_ENOMEM, "send");
    *named = (struct named_send){
        .socket = s,
        .length = item->length,
        .lent = item->lent,
        .cb = item->cb,
        .data = item->data,
    };
    named->payload = named->copy;
    if (item->lent)
        named->payload = (unsigned char *)item->parts[0].base;
    else
        gather(item->parts, item->part_count, named->copy);
    result = lookup_start(s, host, port, on_address, named, &named->lookup);
    if (result < 0) {
        alloc_free(named);
        return result;
    }
    list_append(&s->named_sends, &named->node);
    s->named_count++;
    s->named_size += named->length;
    return 0;
}

static int send_named(dgram_socket *s, const char *host, uint16_t port,
                      struct item *item) {
    int result = check_running(s);

    if (result < 0)
        return result;
    if (s->state.connect == STATE_CONNECTED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    if (port == 0)
        return socket_misuse(s, DGRAM_ERR_SOCKET_BAD_PORT);
    result = measure(s, item);
    if (result == 0)
        result = make_ready(s, item);
    return result < 0 ? result : start_named(s, host, port, item);
}

/* Numeric hosts and the default go straight to the queue. */
static int send_to_host(dgram_socket *s, const char *host, uint16_t port,
                        struct item *item) {
    dgram_address to;

    if (host == NULL || host[0] == '\0')
        address_loopback(s->type, port, &to);
    else if (dgram_address_parse(host, port, &to) < 0)
        return send_named(s, host, port, item);
    return send_item(s, &to, item);
}

static struct item item_of_one(uv_buf_t *part, const void *payload,
                               size_t length, dgram_send_cb cb, void *data) {
    *part = (uv_buf_t){(char *)(uintptr_t)payload, length};
    return (struct item){
        .parts = part, .part_count = 1, .cb = cb, .data = data};
}

int dgram_send(dgram_socket *s, const void *payload, size_t length,
               const dgram_address *to, dgram_send_cb cb, void *data) {
    uv_buf_t part;
    struct item item = item_of_one(&part, payload, length, cb, data);

    return send_item(s, to, &item);
}

int dgram_send_to(dgram_socket *s, const void *payload, size_t length,
                  const char *host, uint16_t port, dgram_send_cb cb,
                  void *data) {
    uv_buf_t part;
    struct item item = item_of_one(&part, payload, length, cb, data);

    return send_to_host(s, host, port, &item);
}

int dgram_sendv(dgram_socket *s, const uv_buf_t *parts, size_t count,
                const dgram_address *to, dgram_send_cb cb, void *data) {
    struct item item = {
        .parts = parts, .part_count = count, .cb = cb, .data = data};

    if (parts == NULL && count > 0)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    return send_item(s, to, &item);
}

static int send_outgoing(dgram_socket *s, const dgram_outgoing *message,
                         dgram_send_cb cb) {
    uv_buf_t part;
    struct item item = item_of_one(&part, message->payload, message->length, cb,
                                   message->data);

    item.lent = (message->flags & DGRAM_LEND) != 0;
    if (item.lent && cb == NULL)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    if (message->parts != NULL) {
        item.parts = message->parts;
        item.part_count = message->part_count;
    }
    if (message->to == NULL && message->host != NULL)
        return send_to_host(s, message->host, message->port, &item);
    return send_item(s, message->to, &item);
}

int dgram_send_batch(dgram_socket *s, const dgram_outgoing *messages,
                     size_t count, dgram_send_cb cb) {
    size_t i;

    if ((messages == NULL && count > 0) || count > INT32_MAX)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    for (i = 0; i < count; i++) {
        int result = send_outgoing(s, &messages[i], cb);

        if (result < 0)
            return i > 0 ? (int)i : result;
    }
    return (int)i;
}

int dgram_flush(dgram_socket *s) {
    int result = check_running(s);

    if (result < 0)
        return result;
    flush_now(s);
    return (int)min_size(dgram_send_queue_count(s), INT32_MAX);
}

size_t dgram_send_queue_size(const dgram_socket *s) {
    return s->sendq.size + s->named_size;
}

size_t dgram_send_queue_count(const dgram_socket *s) {
    return s->sendq.count + s->named_count;
}

void send_cancel_named(dgram_socket *s) {
    struct list *node;

    for (node = s->named_sends.next; node != &s->named_sends;
         node = node->next) {
        struct named_send *named = CONTAINER_OF(node, struct named_send, node);

        lookup_cancel(named->lookup);
        named->lookup = NULL;
    }
}

void send_report_named(dgram_socket *s) {
    while (!list_empty(&s->named_sends))
        fail_named(CONTAINER_OF(s->named_sends.next, struct named_send, node),
                   error_set(&s->error, UV_ECANCELED, "send"));
}
