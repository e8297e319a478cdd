#include "socket/named_send.h"

#include <string.h>

#include "util/alloc.h"
#include "util/send_info.h"
#include "util/util.h"
#include "socket/socket.h"

/* A datagram whose host is being looked up. */
struct named_send {
    struct list node;
    dgram_socket *socket;
    dgram_lookup *lookup; /* NULL: cancelled */
    const unsigned char *payload;
    size_t length;
    size_t cost; /* bytes, counted in named_send_part.cost */
    bool no_copy;
    dgram_send_cb cb;
    void *data;
    dgram_send_info info; /* nothing set: none */
    unsigned char copy[]; /* unless no_copy is set */
};

void named_send_init(dgram_socket *s) {
    list_init(&s->named_sends.list);
}

static void add(struct named_send *named) {
    dgram_socket *s = named->socket;

    list_append(&s->named_sends.list, &named->node);
    s->named_sends.count++;
    s->named_sends.size += named->length;
    s->named_sends.cost += named->cost;
    drain_queue_grew(s);
}

static void take_out(struct named_send *named) {
    dgram_socket *s = named->socket;

    list_remove(&named->node);
    s->named_sends.count--;
    s->named_sends.size -= named->length;
    s->named_sends.cost -= named->cost;
}

/* Reports that an accepted datagram cannot be queued, and frees it. */
static void fail(struct named_send *named, int status) {
    dgram_socket *s = named->socket;
    dgram_send_cb cb = named->cb;
    void *data = named->data;

    alloc_free(named);
    flush_drain_soon(s);
    if (cb != NULL)
        cb(s, status, data);
    else if (status != UV_ECANCELED)
        socket_emit_error(s);
}

/* Returns the code that it fails with, now that its address is known, or 0. */
static int refusal(const dgram_socket *s, const dgram_address *address,
                   const dgram_send_info *info) {
    if (s->state.connect == STATE_CONNECTED)
        return UV_EISCONN;
    if (address->any.sa_family != address_family_of(s->type))
        return UV_EINVAL;
    return send_info_is_valid(info, address) ? 0 : DGRAM_ERR_INVALID_ARG_VALUE;
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
        .info = named->info.set != 0 ? &named->info : NULL,
        .no_copy = named->no_copy,
        .cb = named->cb,
        .data = named->data,
    };

    named->lookup = NULL;
    take_out(named); /* first: it must not count twice */
    if (status == 0 && s->state.bind == STATE_UNBOUND)
        status = error_set(&s->error, bind_status(&s->bind), "bind");
    if (status == 0) {
        item.status = refusal(s, address, &named->info);
        status = flush_enqueue(s, &item);
    }
    if (status < 0)
        fail(named, status);
    else
        alloc_free(named);
}

int named_send_start(dgram_socket *s, const char *host, uint16_t port,
                     const struct sendq_item *item) {
    size_t copied = item->no_copy ? 0 : item->length;
    struct named_send *named = alloc_bytes(sizeof(*named) + copied);
    int result;

    if (named == NULL)
        return error_set(&s->error, UV_ENOMEM, "send");
    *named = (struct named_send){
        .socket = s,
        .length = item->length,
        .cost = item->length + NAMED_SEND_COST + strlen(host),
        .no_copy = item->no_copy,
        .cb = item->cb,
        .data = item->data,
    };
    if (item->info != NULL)
        send_info_copy(&named->info, item->info);
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
    add(named);
    return 0;
}

void named_send_cancel_lookups(dgram_socket *s) {
    struct list *node;

    for (node = s->named_sends.list.next; node != &s->named_sends.list;
         node = node->next) {
        struct named_send *named = CONTAINER_OF(node, struct named_send, node);

        dgram_lookup *lookup = named->lookup;

        named->lookup = NULL;
        if (lookup != NULL)
            lookup_stop(lookup);
    }
}

bool named_send_report_end(dgram_socket *s) {
    struct named_send *named =
        CONTAINER_OF(s->named_sends.list.next, struct named_send, node);

    if (list_empty(&s->named_sends.list))
        return false;
    take_out(named);
    fail(named, error_set(&s->error, UV_ECANCELED, "send"));
    return true;
}
