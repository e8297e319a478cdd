#include "socket/retryq.h"

#include <string.h>

#include "util/address.h"
#include "util/alloc.h"
#include "util/hash.h"
#include "util/send_info.h"
#include "util/util.h"

void retryq_init(struct retryq *q) {
    memset(q, 0, sizeof(*q));
    list_init(&q->destinations);
    list_init(&q->done);
}

static size_t cost_of(const struct retry_datagram *datagram) {
    return datagram->length + DATAGRAM_COST;
}

static unsigned bucket_of(const dgram_address *to) {
    uint32_t hash = hash_host(dgram_address_port(to), to);

    return (hash ^ hash >> 16) % RETRYQ_BUCKETS;
}

struct retry_destination *retryq_find(const struct retryq *q,
                                      const dgram_address *to) {
    struct list *bucket;

    if (q->table == NULL)
        return NULL;
    bucket = &q->table->buckets[bucket_of(to)];
    for (struct list *n = bucket->next; n != bucket; n = n->next) {
        struct retry_destination *destination =
            CONTAINER_OF(n, struct retry_destination, bucket_node);

        if (address_same(&destination->to, to))
            return destination;
    }
    return NULL;
}

static bool ensure_table(struct retryq *q) {
    if (q->table != NULL)
        return true;
    q->table = alloc_bytes(sizeof(*q->table));
    if (q->table == NULL)
        return false;
    list_init(&q->table->waiting);
    q->table->destination_count = q->table->wait_count = 0;
    for (unsigned i = 0; i < RETRYQ_BUCKETS; i++)
        list_init(&q->table->buckets[i]);
    return true;
}

static void free_unused_table(struct retryq *q) {
    if (q->table->destination_count > 0)
        return;
    alloc_free(q->table);
    q->table = NULL;
}

/* NULL without memory. */
static struct retry_destination *ensure_destination(struct retryq *q,
                                                    const dgram_address *to) {
    struct retry_destination *destination = retryq_find(q, to);

    if (destination != NULL)
        return destination;
    if (!ensure_table(q))
        return NULL;
    destination = alloc_bytes(sizeof(*destination));
    if (destination == NULL) {
        free_unused_table(q);
        return NULL;
    }
    list_init(&destination->datagrams);
    destination->wait = NULL;
    address_copy(&destination->to, to);
    list_append(&q->destinations, &destination->node);
    list_append(&q->table->buckets[bucket_of(to)], &destination->bucket_node);
    q->table->destination_count++;
    return destination;
}

void retryq_wait(struct retryq *q, struct retry_destination *to,
                 struct unix_wait *wait) {
    to->wait = wait;
    q->table->wait_count++;
    retryq_rotate(q, to);
}

void retryq_end_wait(struct retryq *q, struct retry_destination *to) {
    if (to->wait == NULL)
        return;
    unix_wait_stop(to->wait);
    to->wait = NULL;
    q->table->wait_count--;
    retryq_rotate(q, to);
}

static void free_if_empty(struct retryq *q,
                          struct retry_destination *destination) {
    if (!list_empty(&destination->datagrams))
        return;
    retryq_end_wait(q, destination);
    list_remove(&destination->node);
    list_remove(&destination->bucket_node);
    q->table->destination_count--;
    alloc_free(destination);
    free_unused_table(q);
}

int retryq_add(struct retryq *q, const struct sendq_datagram *datagram,
               uint64_t until) {
    struct retry_destination *destination = ensure_destination(q, datagram->to);
    struct retry_datagram *added;

    if (destination == NULL)
        return UV_ENOMEM;
    added = alloc_bytes(sizeof(*added) + datagram->length);
    if (added == NULL) {
        free_if_empty(q, destination);
        return UV_ENOMEM;
    }
    *added = (struct retry_datagram){
        .cb = datagram->cb,
        .data = datagram->data,
        .until = until,
        .length = datagram->length,
    };
    address_copy(&added->to, datagram->to);
    if (datagram->info != NULL)
        send_info_copy(&added->info, datagram->info);
    if (datagram->length > 0)
        memcpy(added->payload, datagram->payload, datagram->length);
    list_append(&destination->datagrams, &added->node);
    q->count++;
    q->size += added->length;
    q->cost += cost_of(added);
    return 0;
}

static struct retry_destination *first_of(const struct list *list) {
    return CONTAINER_OF(list->next, struct retry_destination, node);
}

struct retry_destination *retryq_next(const struct retryq *q) {
    return first_of(&q->destinations);
}

struct retry_destination *retryq_next_waiting(const struct retryq *q) {
    return first_of(&q->table->waiting);
}

void retryq_rotate(struct retryq *q, struct retry_destination *to) {
    list_remove(&to->node);
    list_append(to->wait != NULL ? &q->table->waiting : &q->destinations,
                &to->node);
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
        datagram->after = q->after;
        list_append(&q->done, &datagram->node);
    }
    return last;
}

void retryq_finish_all(struct retryq *q, int status) {
    while (retryq_waits(q) > 0)
        retryq_end_wait(q, retryq_next_waiting(q));
    while (!list_empty(&q->destinations)) {
        struct retry_destination *to = retryq_next(q);

        while (!retryq_finish(q, to, retryq_first(to), status))
            ;
    }
}

struct retry_datagram *retryq_take_done(struct retryq *q, uint64_t reported) {
    struct retry_datagram *datagram =
        CONTAINER_OF(q->done.next, struct retry_datagram, node);

    if (list_empty(&q->done) || datagram->after > reported)
        return NULL;
    list_remove(&datagram->node);
    q->cost -= cost_of(datagram);
    return datagram;
}
