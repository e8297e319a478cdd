/* The happy path: a datagram with an address is checked, copied to the end of
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

/* Copying shorter payloads is faster than DGRAM_NO_COPY. */
#define NO_COPY_SIZE_MIN 512u

/* Batches of this many go to the kernel from where they stand, so many at
   once. */
#define DIRECT_COUNT_MIN 32u
#define DIRECT_COUNT_MAX 1024u

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
    bool no_copy;
    dgram_send_cb cb;
    void *data;
    unsigned char copy[]; /* unless no_copy is set */
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

int send_check_destination(dgram_socket *s, const dgram_address *to) {
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
        result = send_check_destination(s, item->to);
    return result == 0 ? measure(s, item) : result;
}

/* Returns 0 if a sound item was accepted, or a code. */
static int accept_item(dgram_socket *s, struct sendq_item *item) {
    int result = make_ready(s, (uint64_t)item->length + DATAGRAM_COST);

    if (result < 0)
        return result;
    if (item->to == NULL)
        item->to = &s->remote;
    item->status = check_sendable(s, item->to, item->length);
    return enqueue(s, item);
}

static int send_item(dgram_socket *s, struct sendq_item *item) {
    int result = check_item(s, item);

    return result == 0 ? accept_item(s, item) : result;
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
        .length = named->length,
        .no_copy = named->no_copy,
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
    size_t copied = item->no_copy ? 0 : item->length;
    struct named_send *named = alloc_bytes(sizeof(*named) + copied);
    int result;

    if (named == NULL)
        return error_set(&s->error, UV_ENOMEM, "send");
    *named = (struct named_send){
        .socket = s,
        .length = item->length,
        .cost = item->length + NAMED_COST + strlen(host),
        .no_copy = item->no_copy,
        .cb = item->cb,
        .data = item->data,
    };
    named->payload = named->copy;
    if (item->no_copy)
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
        .parts = part, .part_count = 1, .cb = cb, .data = data};
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
    struct sendq_item item = {
        .to = to, .parts = parts, .part_count = count, .cb = cb, .data = data};

    if (parts == NULL && count > 0)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    return send_item(s, &item);
}

/* Fills what a message says, short of its destination. */
static int item_of_message(dgram_socket *s, const dgram_outgoing *message,
                           dgram_send_cb cb, dgram_buffer *part,
                           struct sendq_item *item) {
    bool no_copy = (message->flags & DGRAM_NO_COPY) != 0;

    if ((no_copy && cb == NULL) || (message->flags & ~DGRAM_NO_COPY) != 0 ||
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
static bool may_skip_copy(const dgram_outgoing *message) {
    return message->parts == NULL && message->length >= NO_COPY_SIZE_MIN;
}

static int send_message(dgram_socket *s, const dgram_outgoing *message,
                        dgram_send_cb cb) {
    struct sendq_item item;
    dgram_buffer part;
    int result = item_of_message(s, message, cb, &part, &item);

    if (result < 0)
        return result;
    item.no_copy =
        (message->flags & DGRAM_NO_COPY) != 0 && may_skip_copy(message);
    if (message->to == NULL && message->host != NULL)
        return send_to_host(s, message->host, message->port, &item);
    return send_item(s, &item);
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

/* Queues the next message as its own dgram_send() would. */
static void send_next(dgram_socket *s, struct batch *batch) {
    int result = send_message(s, &batch->messages[batch->next], batch->cb);

    note(batch, batch->next++, result);
    batch->accepted += result == 0;
}

/* Bytes that may still be kept for sending. */
static size_t cost_left(const dgram_socket *s) {
    size_t cost = s->sendq.cost + s->retryq.cost + s->named_cost;

    if (s->send_queue_size_max == 0)
        return SIZE_MAX;
    return s->send_queue_size_max - min_size(cost, s->send_queue_size_max);
}

/* Whether the destination is sound, and not blocked. */
static bool may_send_to(dgram_socket *s, const dgram_address *to) {
    if (s->state.connect == STATE_CONNECTED)
        return to == NULL;
    return to != NULL && dgram_address_port(to) != 0 &&
           to->any.sa_family == address_family_of(s->type) &&
           !blocklist_blocks(s->send_blocklist, to);
}

/* A payload in one buffer, and nothing that is refused or needs a lookup. */
static bool is_plain(const struct batch *batch, const dgram_outgoing *message) {
    unsigned flags = batch->cb != NULL ? DGRAM_NO_COPY : 0;

    return ((uintptr_t)message->parts | (uintptr_t)message->host |
            (uintptr_t)message->reserved | (message->flags & ~flags)) == 0 &&
           message->length <= DATAGRAM_SIZE_MAX &&
           (message->payload != NULL || message->length == 0);
}

/* How many messages from the next on can go from where they stand. */
static size_t count_plain(dgram_socket *s, const struct batch *batch) {
    const dgram_outgoing *messages = &batch->messages[batch->next];
    size_t max = min_size(batch->count - batch->next, DIRECT_COUNT_MAX);
    size_t left = cost_left(s), n;

    for (n = 0; n < max; n++) {
        size_t cost = messages[n].length + DATAGRAM_COST;

        if (!is_plain(batch, &messages[n]) || cost > left)
            break;
        if ((n == 0 || messages[n].to != messages[n - 1].to) &&
            !may_send_to(s, messages[n].to))
            break;
        left -= cost;
    }
    return n;
}

/* Notes what is to be reported of datagrams that are done with. */
static void record(dgram_socket *s, const struct batch *batch,
                   const dgram_outgoing *messages, const int *status,
                   int count) {
    for (int i = 0; i < count; i++) {
        const dgram_outgoing *message = &messages[i];
        struct sendq_report report;

        if (batch->cb == NULL && status[i] >= 0)
            continue;
        report = (struct sendq_report){batch->cb, message->data, status[i]};
        sendq_record(&s->sendq, message->to != NULL ? message->to : &s->remote,
                     message->length, &report);
    }
}

/* The next `count` messages were accepted. */
static void accept_next(struct batch *batch, size_t count) {
    if (batch->status_out != NULL)
        memset(batch->status_out + batch->next, 0,
               count * sizeof(*batch->status_out));
    batch->next += count;
    batch->accepted += count;
}

/* Sends the next `count` messages, as far as the kernel takes them. Returns
   whether it took all. */
static bool send_plain(dgram_socket *s, struct batch *batch, size_t count) {
    const dgram_outgoing *messages = &batch->messages[batch->next];
    int status[DIRECT_COUNT_MAX];
    int max = sendq_reserve(&s->sendq, &s->loop->pool, count);
    int done;

    if (max < 0)
        return false;
    done = dgram_datapath_send(&s->datapath, messages, (size_t)max, status);
    if (done < 0)
        done = 0;
    record(s, batch, messages, status, done);
    sendq_settle(&s->sendq, &s->loop->pool);
    accept_next(batch, (size_t)done);
    return done == max;
}

/* Sends from where the payloads stand, as far as the kernel takes them within
   this call. A message that is refused is stepped over; the first that needs
   more than the kernel, and those behind it, go another way. */
static void send_direct(dgram_socket *s, struct batch *batch) {
    while (batch->next < batch->count && s->sendq.count == 0) {
        size_t count = count_plain(s, batch);

        if (count > 0) {
            if (!send_plain(s, batch, count))
                break;
        } else {
            const dgram_outgoing *next = &batch->messages[batch->next];

            if (next->host != NULL || next->parts != NULL)
                break;
            send_next(s, batch);
            flush_now(s);
        }
    }
    flush_report_soon(s);
}

static bool can_send_direct(dgram_socket *s, size_t count) {
    if (count < DIRECT_COUNT_MIN || s->state.bind != STATE_BOUND)
        return false;
    flush_now(s);
    return s->sendq.count == 0 && s->retryq.count == 0 &&
           !s->backpressure.stopped;
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
    while (batch.next < count)
        send_next(s, &batch);
    return batch.accepted > 0 ? (int)batch.accepted : batch.first;
}

int dgram_flush(dgram_socket *s) {
    int result = check_running(s);

    if (result < 0)
        return result;
    flush_again(s);
    return (int)min_size(dgram_get_send_queue_count(s), INT32_MAX);
}

size_t dgram_get_send_queue_size(const dgram_socket *s) {
    return s->sendq.size + s->retryq.size + s->named_size;
}

size_t dgram_get_send_queue_count(const dgram_socket *s) {
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
