/* Happy path: dgram_send() checks a datagram and passes it to flush_enqueue().
   If it is for a host, named_send.c looks up the address first. A large
   dgram_send_batch() goes to the kernel inside the call, from the caller's
   memory.

   Errors: misuse and a full queue are returned. A datagram that the kernel
   would refuse (too long) or that a block list forbids is queued with its
   status, so that callbacks come in order. */

#include <string.h>

#include "util/alloc.h"
#include "util/send_info.h"
#include "util/util.h"
#include "socket/send.h"
#include "socket/socket.h"

/* Copying shorter payloads is faster than DGRAM_NO_COPY. */
#define NO_COPY_SIZE_MIN 512u

/* Batches of this size are passed to the kernel without being queued. */
#define DIRECT_COUNT_MIN 32u

static int measure(dgram_socket *s, struct sendq_item *item) {
    const dgram_buffer *parts = item->parts;
    size_t count = item->part_count, length = 0;

    for (size_t i = 0; i < count; i++) {
        if (parts[i].base == NULL && parts[i].length > 0)
            return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
        if (parts[i].length > UINT32_MAX - length)
            return socket_misuse(s, DGRAM_ERR_OUT_OF_RANGE);
        length += parts[i].length;
    }
    item->length = length;
    return 0;
}

static inline size_t space_left(const dgram_socket *s) {
    return flush_space(&s->flush, named_send_cost(&s->named_sends));
}

size_t dgram_get_send_queue_space(const dgram_socket *s) {
    return space_left(s);
}

/* The last check of a datagram that takes up `cost` bytes: it binds an unbound
   socket. */
static int make_ready(dgram_socket *s, uint64_t cost) {
    if (cost > space_left(s)) {
        drain_refused(s, cost);
        return error_set(&s->error, UV_ENOBUFS, "send");
    }
    return s->state.bind == STATE_UNBOUND ? bind_implicit(s) : 0;
}

static int check_running(dgram_socket *s) {
    return s->state.bind == STATE_CLOSED
               ? socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING)
               : 0;
}

/* A Unix socket that was never bound sends without an address, so its datagrams
   cannot be answered. */
static bool is_unnamed(const dgram_address *to) {
    return address_is_unix(to) && to->un.length == 0;
}

int send_check_destination(dgram_socket *s, const dgram_address *to) {
    if (s->state.connect == STATE_CONNECTED)
        return to == NULL
                   ? 0
                   : socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    if (socket_is_unix(s)) {
        if (to == NULL || is_unnamed(to))
            return socket_misuse(s, DGRAM_ERR_MISSING_ARGS);
    } else if (to == NULL || dgram_address_port(to) == 0) {
        return socket_misuse(s, DGRAM_ERR_SOCKET_BAD_PORT);
    }
    if (to->any.sa_family != address_family_of(s->type))
        return error_set_address(&s->error, UV_EINVAL, "send", to);
    return 0;
}

/* Checks for misuse. While the socket does not change, neither does the result.
 */
static int check_item(dgram_socket *s, struct sendq_item *item) {
    int result = check_running(s);

    if (result == 0 &&
        (item->to != NULL || s->state.connect != STATE_CONNECTED))
        result = send_check_destination(s, item->to);
    return result == 0 ? measure(s, item) : result;
}

/* Queues a checked datagram. Returns 0 or a negative code. */
static int accept_item(dgram_socket *s, struct sendq_item *item) {
    int result = make_ready(s, (uint64_t)item->length + DATAGRAM_COST);

    if (result < 0)
        return result;
    item->to = connect_destination(&s->connect, item->to);
    return flush_enqueue(s, item);
}

static int send_item(dgram_socket *s, struct sendq_item *item) {
    int result = check_item(s, item);

    return result == 0 ? accept_item(s, item) : result;
}

/* The address of a named host is known. Errors that need the address go to the
   callback, as after a lookup. */
static int send_found(dgram_socket *s, const dgram_address *to,
                      struct sendq_item *item) {
    item->to = to;
    if (item->info != NULL && !send_info_is_valid(item->info, to))
        item->status = DGRAM_ERR_INVALID_ARG_VALUE;
    return accept_item(s, item);
}

static int send_named(dgram_socket *s, const char *host, uint16_t port,
                      struct sendq_item *item) {
    int result = check_running(s);
    dgram_address to;

    if (result < 0)
        return result;
    if (s->state.connect == STATE_CONNECTED)
        return socket_misuse(s, DGRAM_ERR_SOCKET_DGRAM_IS_CONNECTED);
    if (port == 0)
        return socket_misuse(s, DGRAM_ERR_SOCKET_BAD_PORT);
    result = measure(s, item);
    if (result < 0)
        return result;
    if (lookup_find(s, host, port, &to))
        return send_found(s, &to, item);
    result =
        make_ready(s, (uint64_t)item->length + NAMED_SEND_COST + strlen(host));
    return result < 0 ? result : named_send_start(s, host, port, item);
}

/* Returns 0, or a negative code, recorded in s->error. */
static int read_path(dgram_socket *s, const char *path, dgram_address *out) {
    int result = text_is_empty(path) ? check_running(s) : 0;

    if (result < 0)
        return result;
    if (text_is_empty(path))
        return socket_misuse(s, DGRAM_ERR_MISSING_ARGS);
    result = dgram_address_unix(path, out);
    return result < 0 ? error_set_host(&s->error, result, "send", path, 0) : 0;
}

/* Numeric hosts, and the default host, need no lookup. */
static int send_to_host(dgram_socket *s, const char *host, uint16_t port,
                        struct sendq_item *item) {
    struct sendq_item addressed = *item;
    dgram_address to;
    int result = socket_is_unix(s) ? read_path(s, host, &to) : 0;

    if (result < 0)
        return result;
    if (!socket_is_unix(s)) {
        if (text_is_empty(host))
            address_loopback(s->type, port, &to);
        else if (dgram_address_parse(host, port, &to) < 0)
            return send_named(s, host, port, item);
    }
    if (item->info != NULL && !send_info_is_valid(item->info, &to))
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
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

/* The family of a named host is not known yet. */
static bool info_is_sound(const dgram_socket *s,
                          const dgram_outgoing *message) {
    const dgram_address *to = message->to;

    if (to == NULL && message->host == NULL &&
        s->state.connect == STATE_CONNECTED)
        to = connect_destination(&s->connect, NULL);
    return send_info_is_valid(message->info, to);
}

/* Checks a message and converts it, without its host. */
static int item_of_message(dgram_socket *s, const dgram_outgoing *message,
                           dgram_send_cb cb, dgram_buffer *part,
                           struct sendq_item *item) {
    bool no_copy = (message->flags & DGRAM_NO_COPY) != 0;

    if ((no_copy && cb == NULL) || (message->flags & ~DGRAM_NO_COPY) != 0 ||
        (message->info != NULL && !info_is_sound(s, message)))
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    *item =
        item_of_one(part, message->payload, message->length, cb, message->data);
    if (message->parts != NULL) {
        item->parts = message->parts;
        item->part_count = message->part_count;
    }
    item->to = message->to;
    item->info = message->info;
    return 0;
}

/* A payload in place costs the kernel more than copying a short one. */
static bool may_skip_copy(const dgram_outgoing *message) {
    return message->parts == NULL && message->length >= NO_COPY_SIZE_MIN;
}

int send_message(dgram_socket *s, const dgram_outgoing *message,
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

/* A call of dgram_send_batch(). */
struct batch {
    const dgram_outgoing *messages;
    size_t count;
    int *status_out; /* of each message, or NULL */
    dgram_send_cb cb;
    size_t next;     /* the next message */
    size_t accepted; /* of those before */
    int first;       /* the code of the first message, or 0 */
};

static void note(struct batch *batch, size_t index, int status) {
    if (batch->status_out != NULL)
        batch->status_out[index] = status;
    if (index == 0)
        batch->first = status;
}

/* Queues the next message as dgram_send() does. */
static void send_next(dgram_socket *s, struct batch *batch) {
    int result = send_message(s, &batch->messages[batch->next], batch->cb);

    note(batch, batch->next++, result);
    batch->accepted += result == 0;
}

static bool is_blocked(const dgram_socket *s, const dgram_address *to) {
    return to != NULL && s->state.connect != STATE_CONNECTED &&
           blocklists_block_to(&s->blocklists, to);
}

/* Returns how many of the next messages the block list and the limit of the
   queue allow. Without these it reads no message. */
static size_t count_allowed(const dgram_socket *s, const struct batch *batch) {
    const dgram_outgoing *messages = &batch->messages[batch->next];
    size_t max = min_size(batch->count - batch->next, FLUSH_DIRECT_MAX);
    size_t left = dgram_get_send_queue_space(s), n;

    if (left == SIZE_MAX && !blocklists_filter_to(&s->blocklists))
        return max;
    for (n = 0; n < max && messages[n].length <= DATAGRAM_SIZE_MAX; n++) {
        size_t cost = messages[n].length + DATAGRAM_COST;

        if (cost > left || is_blocked(s, messages[n].to))
            break;
        left -= cost;
    }
    return n;
}

/* The next `count` messages were accepted. */
static void accept_next(struct batch *batch, size_t count) {
    if (batch->status_out != NULL)
        memset(batch->status_out + batch->next, 0,
               count * sizeof(*batch->status_out));
    batch->next += count;
    batch->accepted += count;
}

/* Sends the next `count` messages, up to the first that flush_direct() does not
   accept. Returns whether the kernel accepts more. */
static bool send_plain(dgram_socket *s, struct batch *batch, size_t count) {
    size_t done;
    bool more =
        flush_direct(s, &batch->messages[batch->next], count, batch->cb, &done);

    accept_next(batch, done);
    return more;
}

/* Sends from the caller's memory as long as the kernel accepts messages. A
   message that fails is queued for its report. From the first one with a host
   or with parts on, messages are queued. */
static void send_direct(dgram_socket *s, struct batch *batch) {
    while (batch->next < batch->count && flush_count(&s->flush) == 0) {
        const dgram_outgoing *next = &batch->messages[batch->next];
        size_t count = count_allowed(s, batch);

        if (count > 0 && !send_plain(s, batch, count))
            break;
        if (next != &batch->messages[batch->next])
            continue;
        if (next->host != NULL || next->parts != NULL)
            break;
        send_next(s, batch);
        flush_now(s);
    }
    flush_report_soon(s);
}

static bool can_send_direct(dgram_socket *s, size_t count) {
    if (count < DIRECT_COUNT_MIN || s->state.bind != STATE_BOUND ||
        socket_is_unix(s))
        return false;
    flush_now(s);
    return flush_count(&s->flush) == 0 && !flush_is_stopped(&s->flush);
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
    flush_all(s);
    return (int)min_size(dgram_get_send_queue_count(s), INT32_MAX);
}

size_t dgram_get_send_queue_size(const dgram_socket *s) {
    return flush_size(&s->flush) + named_send_size(&s->named_sends);
}

size_t dgram_get_send_queue_count(const dgram_socket *s) {
    return flush_count(&s->flush) + named_send_count(&s->named_sends);
}
