/* The happy way: a datagram with an address is checked, copied to the end of
   the queue, and a task put off that flushes it with the others of its phase; a
   full queue is flushed at once. A datagram for a host waits with its own copy
   of the payload until the host is looked up, and then goes the same way.

   What can go wrong: misuse and a full queue are the caller's to know, at once.
   What the kernel will refuse anyway (too long, another family) or a block list
   forbids takes its place in the queue with its status, so that callbacks come
   in order. */
#include "socket/send.h"

#include <string.h>

#include "util/alloc.h"
#include "util/util.h"
#include "socket/bind.h"
#include "socket/flush.h"
#include "socket/lookup.h"

/* Shorter payloads are copied though they may be lent: it is faster. */
#define LEND_SIZE_MIN 512u

/* Batches of this many go to the kernel from where they stand. */
#define DIRECT_COUNT_MIN 32u

/* Bytes that one takes, about, while its host is looked up, besides its payload
   and the host's text. */
#define NAMED_COST 768u

/* A datagram whose host is being looked up. */
struct named_send {
    struct list node;
    dgram_socket *socket;
    dgram_lookup *lookup; /* NULL once it is cancelled */
    const unsigned char *payload;
    size_t length;
    size_t cost; /* of s->named_cost */
    bool lent;
    dgram_send_cb cb;
    void *data;
    unsigned char copy[]; /* unless lent */
};

static int enqueue(dgram_socket *s, const struct sendq_item *item) {
    int result = sendq_push(&s->sendq, &s->loop->pool, item);

    if (result < 0)
        return error_set(&s->error, result, "send");
    if (s->sendq.full)
        flush_now(s);
    else
        loop_defer(s->loop, &s->send_task);
    return result;
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

static int measure(dgram_socket *s, struct sendq_item *item) {
    item->length = 0;
    for (size_t i = 0; i < item->part_count; i++) {
        if (item->parts[i].base == NULL && item->parts[i].length > 0)
            return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
        if (item->parts[i].length > UINT32_MAX - item->length)
            return socket_misuse(s, DGRAM_ERR_OUT_OF_RANGE);
        item->length += item->parts[i].length;
    }
    return 0;
}

/* Called when all else is well, with the bytes that keeping it takes: it may
   bind. */
static int make_ready(dgram_socket *s, uint64_t cost) {
    if (s->send_queue_size_max > 0 &&
        s->sendq.cost + s->retryq.cost + s->named_cost + cost >
            s->send_queue_size_max)
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

/* What of an item is misuse: while its socket stays as it is, the same at each
   call. */
static int check_item(dgram_socket *s, struct sendq_item *item) {
    int result = check_running(s);

    if (result == 0)
        result = check_destination(s, item->to);
    return result == 0 ? measure(s, item) : result;
}

/* Returns how many of a sound item's datagrams were accepted, or a code. */
static int accept_item(dgram_socket *s, struct sendq_item *item) {
    uint64_t each = (uint64_t)item->length + DATAGRAM_COST;
    int result = make_ready(s, each * item->count);

    if (result < 0)
        return result;
    if (item->to == NULL)
        item->to = &s->remote;
    item->status = check_sendable(s, item->to, item->length);
    return enqueue(s, item);
}

static int send_item(dgram_socket *s, struct sendq_item *item) {
    int result = check_item(s, item);

    if (result == 0)
        result = accept_item(s, item);
    return result < 0 ? result : 0;
}

static void free_named(struct named_send *named) {
    dgram_socket *s = named->socket;

    list_remove(&named->node);
    s->named_count--;
    s->named_size -= named->length;
    s->named_cost -= named->cost;
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
    dgram_buffer part = {.base = named->payload, .length = named->length};
    struct sendq_item item = {
        .to = address,
        .parts = &part,
        .part_count = 1,
        .count = 1,
        .length = named->length,
        .lent = named->lent,
        .cb = named->cb,
        .data = named->data,
    };

    named->lookup = NULL;
    if (status == 0 && s->state.bind == STATE_UNBOUND)
        status = error_set(&s->error, s->bind_status, "bind");
    if (status == 0) {
        item.status = check_sendable(s, address, named->length);
        if (s->state.connect == STATE_CONNECTED)
            item.status = UV_EISCONN;
        else if (address->any.sa_family != address_family_of(s->type))
            item.status = UV_EINVAL;
        status = enqueue(s, &item);
    }
    if (status < 0)
        fail_named(named, status);
    else
        free_named(named);
}

static int start_named(dgram_socket *s, const char *host, uint16_t port,
                       const struct sendq_item *item) {
    size_t copied = item->lent ? 0 : item->length;
    struct named_send *named = alloc_bytes(sizeof(*named) + copied);
    int result;

    if (named == NULL)
        return error_set(&s->error, UV_ENOMEM, "send");
    *named = (struct named_send){
        .socket = s,
        .length = item->length,
        .cost = item->length + NAMED_COST + strlen(host),
        .lent = item->lent,
        .cb = item->cb,
        .data = item->data,
    };
    named->payload = named->copy;
    if (item->lent)
        named->payload = item->parts[0].base;
    else
        sendq_gather(item, named->copy);
    result = lookup_start(s, host, port, on_address, named, &named->lookup);
    if (result < 0) {
        alloc_free(named);
        return result;
    }
    list_append(&s->named_sends, &named->node);
    s->named_count++;
    s->named_size += named->length;
    s->named_cost += named->cost;
    return 0;
}

static int send_named(dgram_socket *s, const char *host, uint16_t port,
                      struct sendq_item *item) {
    int result = check_running(s);

    if (result < 0)
        return result;
    if (s->state.connect == STATE_CONNECTED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    if (port == 0)
        return socket_misuse(s, DGRAM_ERR_SOCKET_BAD_PORT);
    result = measure(s, item);
    if (result == 0)
        result =
            make_ready(s, (uint64_t)item->length + NAMED_COST + strlen(host));
    return result < 0 ? result : start_named(s, host, port, item);
}

/* Numeric hosts and the default go straight to the queue. */
static int send_to_host(dgram_socket *s, const char *host, uint16_t port,
                        struct sendq_item *item) {
    struct sendq_item addressed = *item;
    dgram_address to;

    if (host == NULL || host[0] == '\0')
        address_loopback(s->type, port, &to);
    else if (dgram_address_parse(host, port, &to) < 0)
        return send_named(s, host, port, item);
    addressed.to = &to;
    return send_item(s, &addressed);
}

static struct sendq_item item_of_one(dgram_buffer *part, const void *payload,
                                     size_t length, dgram_send_cb cb,
                                     void *data) {
    *part = (dgram_buffer){.base = payload, .length = length};
    return (struct sendq_item){
        .parts = part, .part_count = 1, .count = 1, .cb = cb, .data = data};
}

int dgram_send(dgram_socket *s, const void *payload, size_t length,
               const dgram_address *to, dgram_send_cb cb, void *data) {
    dgram_buffer part;
    struct sendq_item item = item_of_one(&part, payload, length, cb, data);

    item.to = to;
    return send_item(s, &item);
}

int dgram_send_to(dgram_socket *s, const void *payload, size_t length,
                  const char *host, uint16_t port, dgram_send_cb cb,
                  void *data) {
    dgram_buffer part;
    struct sendq_item item = item_of_one(&part, payload, length, cb, data);

    return send_to_host(s, host, port, &item);
}

int dgram_sendv(dgram_socket *s, const dgram_buffer *parts, size_t count,
                const dgram_address *to, dgram_send_cb cb, void *data) {
    struct sendq_item item = {.to = to,
                              .parts = parts,
                              .part_count = count,
                              .count = 1,
                              .cb = cb,
                              .data = data};

    if (parts == NULL && count > 0)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    return send_item(s, &item);
}

/* Fills what a message says, short of its destination. */
static int item_of_message(dgram_socket *s, const dgram_outgoing *message,
                           dgram_send_cb cb, dgram_buffer *part,
                           struct sendq_item *item) {
    bool lends = (message->flags & DGRAM_LEND) != 0;

    if ((lends && cb == NULL) || (message->flags & ~DGRAM_LEND) != 0 ||
        message->reserved != NULL)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    *item =
        item_of_one(part, message->payload, message->length, cb, message->data);
    if (message->parts != NULL) {
        item->parts = message->parts;
        item->part_count = message->part_count;
    }
    item->to = message->to;
    return 0;
}

/* Of use only if it saves more than a part of its own costs the kernel. */
static bool may_lend(const dgram_outgoing *message) {
    return message->parts == NULL && message->length >= LEND_SIZE_MIN;
}

static int send_message(dgram_socket *s, const dgram_outgoing *message,
                        dgram_send_cb cb) {
    struct sendq_item item;
    dgram_buffer part;
    int result = item_of_message(s, message, cb, &part, &item);

    if (result < 0)
        return result;
    item.lent = (message->flags & DGRAM_LEND) != 0 && may_lend(message);
    if (message->to == NULL && message->host != NULL)
        return send_to_host(s, message->host, message->port, &item);
    return send_item(s, &item);
}

/* Whether the payload of the second stands right behind that of the first. */
static bool adjoin(const dgram_outgoing *two) {
    return two[0].parts == NULL && two[1].parts == NULL &&
           (const unsigned char *)two[0].payload + two[0].length ==
               two[1].payload;
}

/* How many messages from the first on make one piece of a run. */
static size_t piece(const dgram_outgoing *messages, size_t count) {
    size_t n = 1;

    count = min_size(count, RUN_DATAGRAMS_MAX);
    while (n < count && adjoin(&messages[n - 1]) &&
           messages[n].length == messages[0].length &&
           messages[n].to == messages[0].to &&
           messages[n].host == messages[0].host &&
           messages[n].flags == messages[0].flags &&
           messages[n].reserved == messages[0].reserved)
        n++;
    return n;
}

/* One dgram_send_batch(). */
struct batch {
    const dgram_outgoing *messages;
    size_t count;
    int *status_out; /* of each message, or NULL */
    dgram_send_cb cb;
    size_t next;     /* the first message whose fate is open */
    size_t accepted; /* of those before */
    int first;       /* what the first message of all was refused with, or 0 */
};

static void note(struct batch *batch, size_t index, int status) {
    if (batch->status_out != NULL)
        batch->status_out[index] = status;
    if (index == 0)
        batch->first = status;
}

/* Makes an item of a message. Returns 0, or what it is refused with. */
static int read_message(dgram_socket *s, const struct batch *batch,
                        size_t index, dgram_buffer *part,
                        struct sendq_item *item) {
    int result =
        item_of_message(s, &batch->messages[index], batch->cb, part, item);

    return result == 0 ? check_item(s, item) : result;
}

/* Queues the next message, and those that make one piece with it, to be sent
   from where they stand. A refused one is stepped over. Returns false if it has
   to go another way. */
static bool take_direct(dgram_socket *s, struct batch *batch) {
    size_t i = batch->next, left = batch->count - i;
    const dgram_outgoing *message = &batch->messages[i];
    struct sendq_item item;
    dgram_buffer part;
    int n = read_message(s, batch, i, &part, &item);

    if (n < 0) {
        note(batch, batch->next++, n);
        return true;
    }
    item.count = piece(message, left);
    item.messages = message;
    item.lent = item.count > 1 || may_lend(message) ||
                (i > 0 && adjoin(message - 1)) || (left > 1 && adjoin(message));
    n = accept_item(s, &item);
    for (int k = 0; k < n; k++)
        note(batch, batch->next++, 0);
    batch->accepted += n > 0 ? (size_t)n : 0;
    return n > 0;
}

/* Goes back behind the message before the last `dropped` that were accepted. */
static void go_back(dgram_socket *s, struct batch *batch, size_t dropped) {
    struct sendq_item item;
    dgram_buffer part;

    batch->accepted -= dropped;
    while (dropped > 0)
        dropped -= read_message(s, batch, --batch->next, &part, &item) == 0;
}

/* Sends from where the payloads stand, as far as the kernel takes them within
   this call; what it does not take is not accepted here. */
static void send_direct(dgram_socket *s, struct batch *batch) {
    while (batch->next < batch->count && !s->gate.closed &&
           batch->messages[batch->next].host == NULL && take_direct(s, batch))
        continue;
    flush_now(s);
    go_back(s, batch, sendq_drop_unsent(&s->sendq, &s->loop->pool));
}

static bool can_send_direct(dgram_socket *s, size_t count) {
    if (count < DIRECT_COUNT_MIN || s->state.bind != STATE_BOUND)
        return false;
    flush_now(s);
    return s->sendq.count == 0;
}

static int refuse_batch(dgram_socket *s, size_t count, int *status_out) {
    int code = socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);

    for (size_t i = 0; status_out != NULL && i < count; i++)
        status_out[i] = code;
    return code;
}

int dgram_send_batch(dgram_socket *s, const dgram_outgoing *messages,
                     size_t count, int *status_out, dgram_send_cb cb) {
    struct batch batch = {.messages = messages,
                          .count = count,
                          .status_out = status_out,
                          .cb = cb};

    if (count > INT32_MAX)
        return refuse_batch(s, 0, status_out);
    if (messages == NULL && count > 0)
        return refuse_batch(s, count, status_out);
    if (can_send_direct(s, count))
        send_direct(s, &batch);
    for (; batch.next < count; batch.next++) {
        int result = send_message(s, &messages[batch.next], cb);

        note(&batch, batch.next, result);
        batch.accepted += result == 0;
    }
    return batch.accepted > 0 ? (int)batch.accepted : batch.first;
}

int dgram_flush(dgram_socket *s) {
    int result = check_running(s);

    if (result < 0)
        return result;
    flush_again(s);
    return (int)min_size(dgram_send_queue_count(s), INT32_MAX);
}

size_t dgram_send_queue_size(const dgram_socket *s) {
    return s->sendq.size + s->retryq.size + s->named_size;
}

size_t dgram_send_queue_count(const dgram_socket *s) {
    return s->sendq.count + s->retryq.count + s->named_count;
}

void send_cancel_named(dgram_socket *s) {
    struct list *node;

    for (node = s->named_sends.next; node != &s->named_sends;
         node = node->next) {
        struct named_send *named = CONTAINER_OF(node, struct named_send, node);

        dgram_lookup *lookup = named->lookup;

        named->lookup = NULL;
        if (lookup != NULL)
            lookup_stop(lookup);
    }
}

bool send_report_named(dgram_socket *s) {
    if (list_empty(&s->named_sends))
        return false;
    fail_named(CONTAINER_OF(s->named_sends.next, struct named_send, node),
               error_set(&s->error, UV_ECANCELED, "send"));
    return true;
}
