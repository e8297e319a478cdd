#include "datapath/retryq.h"

#include <string.h>

#include "util/address.h"
#include "util/alloc.h"
#include "util/util.h"

void retryq_init(struct retryq *q) {
    memset(q, 0, sizeof(*q));
    list_init(&q->destinations);
    list_init(&q->done);
}

static size_t cost_of(const struct retry_datagram *datagram) {
    return datagram->length + DATAGRAM_COST;
}

static struct retry_destination *find(const struct retryq *q,
                                      const dgram_address *to) {
    for (struct list *n = q->destinations.next; n != &q->destinations;
         n = n->next) {
        struct retry_destination *destination =
            CONTAINER_OF(n, struct retry_destination, node);

        if (address_same(&destination->to, to))
            return destination;
    }
    return NULL;
}

bool retryq_holds(const struct retryq *q, const dgram_address *to) {
    return find(q, to) != NULL;
}

static int need_destination(struct retryq *q, const dgram_address *to,
                            struct retry_destination **out) {
    struct retry_destination *destination = find(q, to);

    if (destination == NULL) {
        if (q->destination_count >= RETRYQ_DESTINATIONS_MAX)
            return UV_ENOBUFS;
        destination = alloc_bytes(sizeof(*destination));
        if (destination == NULL)
            return UV_ENOMEM;
        list_init(&destination->datagrams);
        destination->to = *to;
        list_append(&q->destinations, &destination->node);
        q->destination_count++;
    }
    *out = destination;
    return 0;
}

static void free_if_empty(struct retryq *q,
                          struct retry_destination *destination) {
    if (!list_empty(&destination->datagrams))
        return;
    list_remove(&destination->node);
    q->destination_count--;
    alloc_free(destination);
}

int retryq_add(struct retryq *q, const struct sendq_datagram *datagram,
               uint64_t now) {
    struct retry_destination *destination;
    struct retry_datagram *added;
    int result = need_destination(q, datagram->to, &destination);

    if (result < 0)
        return result;
    added = alloc_bytes(sizeof(*added) + datagram->length);
    if (added == NULL) {
        free_if_empty(q, destination);
        return UV_ENOMEM;
    }
    *added = (struct retry_datagram){
        .to = *datagram->to,
        .cb = datagram->cb,
        .data = datagram->data,
        .until = now + RETRYQ_MS,
        .length = datagram->length,
    };
    if (datagram->length > 0)
        memcpy(added->payload, datagram->payload, datagram->length);
    list_append(&destination->datagrams, &added->node);
    q->count++;
    q->size += added->length;
    q->cost += cost_of(added);
    return 0;
}

struct retry_datagram *retryq_first(const struct retry_destination *to) {
    return CONTAINER_OF(to->datagrams.next, struct retry_datagram, node);
}

bool retryq_finish(struct retryq *q, struct retry_destination *to,
                   struct retry_datagram *datagram, int status) {
    bool last;

    list_remove(&datagram->node);
    q->count--;
    q->size -= datagram->length;
    last = list_empty(&to->datagrams);
    free_if_empty(q, to);
    datagram->status = status;
    if (datagram->cb == NULL && status >= 0) {
        q->cost -= cost_of(datagram);
        alloc_free(datagram);
    } else {
        list_append(&q->done, &datagram->node);
    }
    return last;
}

void retryq_finish_all(struct retryq *q, int status) {
    while (!list_empty(&q->destinations)) {
        struct retry_destination *to =
            CONTAINER_OF(q->destinations.next, struct retry_destination, node);

        while (!retryq_finish(q, to, retryq_first(to), status))
            ;
    }
}

struct retry_datagram *retryq_take_done(struct retryq *q) {
    struct retry_datagram *datagram =
        CONTAINER_OF(q->done.next, struct retry_datagram, node);

    if (list_empty(&q->done))
        return NULL;
    list_remove(&datagram->node);
    q->cost -= cost_of(datagram);
    return datagram;
}
