#include "loop/sendq.h"

#include <string.h>

#include "util/address.h"
#include "util/alloc.h"
#include "util/codes.h"
#include "util/send_info.h"
#include "util/util.h"

#define SMALL_DATAGRAMS_MAX 16u
#define SMALL_SLAB_SIZE 2048u
#define LARGE_SLAB_SIZE 65536u /* for any datagram of UDP */
#define LONG_DATAGRAM (LARGE_SLAB_SIZE / LONG_DATAGRAMS_MAX)
#define LONG_DATAGRAMS_MAX 64u

/* A Unix address takes the memory that addresses of so many UDP datagrams take.
 */
#define UNIX_ADDRESS_DATAGRAMS                                                 \
    ((sizeof(dgram_address) + ADDRESS_IP_SIZE - 1) / ADDRESS_IP_SIZE)

static const struct {
    uint32_t datagrams_max, slab_size;
    unsigned kept_max; /* in the pool */
} kinds[CHUNK_KINDS] = {
    [CHUNK_SMALL] = {SMALL_DATAGRAMS_MAX, SMALL_SLAB_SIZE, 64},
    [CHUNK_MANY] = {1024, LARGE_SLAB_SIZE, 8},
    [CHUNK_LONG] = {LONG_DATAGRAMS_MAX, LARGE_SLAB_SIZE, 8},
    /* For one long datagram of a Unix socket. Its slab is as long as the
       payload. */
    [CHUNK_HUGE] = {UNIX_ADDRESS_DATAGRAMS, 0, 0},
};

/* For UDP. Unix addresses are longer: a chunk has space for fewer of them. */
static size_t addresses_size(const struct sendq_chunk *chunk) {
    return chunk->datagrams_max * ADDRESS_IP_SIZE;
}

/* One allocation: the chunk and its arrays, the strictest alignment first. What
   messages do not use stays 0. */
static struct sendq_chunk *create_chunk(enum sendq_kind kind,
                                        uint32_t slab_size) {
    uint32_t datagrams_max = kinds[kind].datagrams_max;
    struct sendq_chunk *chunk;

    chunk = alloc_bytes(sizeof(*chunk) + slab_size + ADDRESS_PADDING +
                        datagrams_max *
                            (sizeof(*chunk->messages) + sizeof(*chunk->cbs) +
                             ADDRESS_IP_SIZE + sizeof(*chunk->status)));
    if (chunk == NULL)
        return NULL;
    chunk->kind = kind;
    chunk->datagrams_max = datagrams_max;
    chunk->slab_size = slab_size;
    chunk->messages = (dgram_outgoing *)(chunk + 1);
    memset(chunk->messages, 0, datagrams_max * sizeof(*chunk->messages));
    chunk->cbs = (dgram_send_cb *)(chunk->messages + datagrams_max);
    chunk->status = (int *)(chunk->cbs + datagrams_max);
    chunk->addresses = (unsigned char *)(chunk->status + datagrams_max);
    chunk->slab = chunk->addresses + addresses_size(chunk) + ADDRESS_PADDING;
    chunk->infos = NULL;
    chunk->info_count = 0;
    return chunk;
}

static void free_chunk(struct sendq_chunk *chunk) {
    alloc_free(chunk->infos);
    alloc_free(chunk);
}

static void forget_infos(struct sendq_chunk *chunk) {
    for (uint32_t i = 0; i < chunk->datagrams; i++)
        chunk->messages[i].info = NULL;
    chunk->info_count = 0;
}

static void reset_chunk(struct sendq_chunk *chunk) {
    if (chunk->info_count > 0)
        forget_infos(chunk);
    chunk->datagrams = chunk->addresses_used = chunk->slab_used = 0;
    chunk->latest_address = NULL;
    chunk->next = chunk->report_next = 0;
    chunk->waiting = chunk->refused = chunk->changes = 0;
}

static struct sendq_chunk *chunk_of(struct list *node) {
    return CONTAINER_OF(node, struct sendq_chunk, node);
}

static bool is_small(const struct sendq_chunk *chunk) {
    return chunk->kind == CHUNK_SMALL;
}

void sendq_pool_init(struct sendq_pool *pool) {
    for (int kind = 0; kind < CHUNK_KINDS; kind++) {
        list_init(&pool->free[kind]);
        pool->count[kind] = 0;
    }
}

static void free_list(struct list *list) {
    while (!list_empty(list)) {
        struct sendq_chunk *chunk = chunk_of(list->next);

        list_remove(&chunk->node);
        free_chunk(chunk);
    }
}

void sendq_pool_free(struct sendq_pool *pool) {
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        free_list(&pool->free[kind]);
    sendq_pool_init(pool);
}

static struct sendq_chunk *acquire_chunk(struct sendq_pool *pool,
                                         enum sendq_kind kind, size_t copied) {
    struct list *free_chunks = &pool->free[kind];
    struct sendq_chunk *chunk;

    if (list_empty(free_chunks)) {
        chunk = create_chunk(kind, kind == CHUNK_HUGE ? (uint32_t)copied
                                                      : kinds[kind].slab_size);
        if (chunk == NULL)
            return NULL;
    } else {
        chunk = chunk_of(free_chunks->next);
        list_remove(&chunk->node);
        pool->count[kind]--;
    }
    reset_chunk(chunk);
    return chunk;
}

static void release_chunk(struct sendq_pool *pool, struct sendq_chunk *chunk) {
    enum sendq_kind kind = chunk->kind;

    list_remove(&chunk->node);
    if (pool->count[kind] >= kinds[kind].kept_max) {
        free_chunk(chunk);
        return;
    }
    pool->count[kind]++;
    /* At the front: the last one used is still in the cache. */
    list_append(pool->free[kind].next, &chunk->node);
}

void sendq_init(struct sendq *q) {
    memset(q, 0, sizeof(*q));
    list_init(&q->unsent);
    list_init(&q->sent);
}

static bool has_address_space(const struct sendq_chunk *chunk) {
    return sizeof(dgram_address) <=
           addresses_size(chunk) - chunk->addresses_used;
}

/* `copied` is the size of the next payload. The destinations of UDP always fit.
 */
static inline bool has_space(const struct sendq_chunk *chunk, bool is_unix,
                             size_t copied) {
    return chunk->datagrams < chunk->datagrams_max &&
           copied <= chunk->slab_size - chunk->slab_used &&
           (!is_unix || has_address_space(chunk));
}

/* The next datagrams of a burst are expected to be like the first ones. */
static enum sendq_kind kind_for(const struct sendq *q, size_t copied) {
    if (!q->large && copied <= SMALL_SLAB_SIZE)
        return CHUNK_SMALL;
    if (copied > LARGE_SLAB_SIZE)
        return CHUNK_HUGE;
    return copied < LONG_DATAGRAM ? CHUNK_MANY : CHUNK_LONG;
}

/* If all of the last chunk is sent, but not reported, it takes more datagrams.
   So frequent flushes of few datagrams do not use many chunks. */
static void reopen_chunk(struct sendq *q, bool is_unix, size_t copied) {
    struct sendq_chunk *chunk;

    if (!list_empty(&q->unsent) || list_empty(&q->sent))
        return;
    chunk = chunk_of(q->sent.previous);
    if (!has_space(chunk, is_unix, copied))
        return;
    list_remove(&chunk->node);
    list_append(&q->unsent, &chunk->node);
}

static struct sendq_chunk *chunk_with_space(struct sendq *q,
                                            struct sendq_pool *pool,
                                            bool is_unix, size_t copied) {
    struct sendq_chunk *chunk = NULL;

    reopen_chunk(q, is_unix, copied);
    if (!list_empty(&q->unsent)) {
        chunk = chunk_of(q->unsent.previous);
        if (has_space(chunk, is_unix, copied))
            return chunk;
        q->large = true;
    }
    chunk = acquire_chunk(pool, kind_for(q, copied), copied);
    if (chunk != NULL)
        list_append(&q->unsent, &chunk->node);
    return chunk;
}

void sendq_gather(const struct sendq_item *item, unsigned char *out) {
    for (size_t i = 0; i < item->part_count; i++) {
        if (item->parts[i].length == 0)
            continue;
        memcpy(out, item->parts[i].base, item->parts[i].length);
        out += item->parts[i].length;
    }
}

static unsigned char *copy_payload(struct sendq_chunk *chunk,
                                   const struct sendq_item *item) {
    unsigned char *copy = chunk->slab + chunk->slab_used;

    if (item->part_count == 1 && item->length > 0)
        memcpy(copy, item->parts[0].base, item->length);
    else
        sendq_gather(item, copy);
    chunk->slab_used += (uint32_t)item->length;
    return copy;
}

/* Returns the stored destination of the next datagram. It may be that of the
   one before. */
static const dgram_address *put_address(struct sendq_chunk *chunk,
                                        const dgram_address *to) {
    const dgram_address *latest = chunk->latest_address;
    void *next = chunk->addresses + chunk->addresses_used;

    if (latest != NULL && address_same(latest, to))
        return latest;
    address_copy(next, to);
    chunk->addresses_used += (uint32_t)address_size(to);
    chunk->latest_address = next;
    return next;
}

/* Makes memory for the information of the chunk's datagrams. */
__attribute__((noinline)) static bool ensure_infos(struct sendq_chunk *chunk) {
    if (chunk->infos == NULL)
        chunk->infos = alloc_bytes(chunk->datagrams_max * SEND_INFO_SIZE +
                                   ADDRESS_PADDING);
    return chunk->infos != NULL;
}

static dgram_send_info *info_at(const struct sendq_chunk *chunk, uint32_t i) {
    return (void *)(chunk->infos + i * SEND_INFO_SIZE);
}

/* Stores the information of the latest datagram. It may be that of one before.
   Inlined, it would cost the datagrams without information registers. */
__attribute__((noinline)) static void put_info(struct sendq_chunk *chunk,
                                               const dgram_send_info *info) {
    dgram_outgoing *message = &chunk->messages[chunk->datagrams - 1];
    const dgram_send_info *latest = NULL;

    if (chunk->info_count > 0)
        latest = info_at(chunk, chunk->info_count - 1);
    if (latest == NULL || !send_info_same(latest, info)) {
        send_info_copy(info_at(chunk, chunk->info_count), info);
        latest = info_at(chunk, chunk->info_count++);
    }
    message->info = latest;
    chunk->changes +=
        chunk->datagrams - 1 > chunk->next && message[-1].info != latest &&
        message[-1].to == message->to && message[-1].length == message->length;
}

static void put_datagram(struct sendq_chunk *chunk,
                         const struct sendq_item *item, const void *payload) {
    uint32_t i = chunk->datagrams++;
    dgram_outgoing *message = &chunk->messages[i];

    message->payload = payload;
    message->length = item->length;
    message->to = put_address(chunk, item->to);
    message->data = item->data;
    chunk->cbs[i] = item->cb;
    chunk->status[i] = item->status;
    chunk->refused += item->status < 0;
    chunk->changes += i == chunk->next || message[-1].to != message->to ||
                      message[-1].length != message->length;
    if (item->info != NULL)
        put_info(chunk, item->info);
}

/* Moves a chunk whose datagrams are all done. */
static void settle(struct sendq *q, struct sendq_pool *pool,
                   struct sendq_chunk *chunk) {
    chunk->changes = 0;
    if (chunk->next < chunk->datagrams)
        return;
    q->full = false;
    if (!is_small(chunk) && chunk->datagrams <= SMALL_DATAGRAMS_MAX &&
        chunk->slab_used <= SMALL_SLAB_SIZE)
        q->large = false;
    if (chunk->waiting == 0) {
        release_chunk(pool, chunk);
        return;
    }
    list_remove(&chunk->node);
    list_append(&q->sent, &chunk->node);
}

int sendq_push(struct sendq *q, struct sendq_pool *pool,
               const struct sendq_item *item) {
    bool copied = !item->no_copy && item->status == 0;
    size_t space = copied ? item->length : 0;
    bool is_unix = address_is_unix(item->to);
    struct sendq_chunk *chunk = chunk_with_space(q, pool, is_unix, space);
    const void *payload = NULL; /* of one that fails */

    if (chunk == NULL)
        return UV_ENOMEM;
    if (item->info != NULL && !ensure_infos(chunk)) {
        if (chunk->next == chunk->datagrams)
            settle(q, pool, chunk); /* a new or reopened one */
        return UV_ENOMEM;
    }
    if (copied)
        payload = copy_payload(chunk, item);
    else if (item->no_copy)
        payload = item->parts[0].base;
    put_datagram(chunk, item, payload);
    q->count++;
    q->size += item->length;
    q->cost += item->length + DATAGRAM_COST;
    q->full = !is_small(chunk) && (!has_space(chunk, is_unix, space) ||
                                   chunk->changes >= SENDQ_FULL);
    return 0;
}

struct sendq_chunk *sendq_first(const struct sendq *q) {
    return list_empty(&q->unsent) ? NULL : chunk_of(q->unsent.next);
}

uint32_t sendq_sendable(const struct sendq_chunk *chunk) {
    uint32_t i = chunk->next;

    if (chunk->refused == 0)
        return chunk->datagrams - i;
    while (i < chunk->datagrams && chunk->status[i] == 0)
        i++;
    return i - chunk->next;
}

static bool is_reported(const struct sendq_chunk *chunk, uint32_t i) {
    return chunk->cbs[i] != NULL || chunk->status[i] < 0;
}

void sendq_done(struct sendq *q, struct sendq_pool *pool, uint32_t count) {
    struct sendq_chunk *chunk = sendq_first(q);
    uint32_t end = chunk->next + count, waiting = 0;
    size_t size = 0, unreported = 0;

    for (uint32_t i = chunk->next; i < end; i++) {
        size_t length = chunk->messages[i].length;

        size += length;
        if (is_reported(chunk, i))
            waiting++;
        else
            unreported += length + DATAGRAM_COST;
    }
    q->count -= count;
    q->size -= size;
    q->cost -= unreported;
    q->waiting += waiting;
    chunk->waiting += waiting;
    chunk->next = end;
    settle(q, pool, chunk);
}

void sendq_failed(struct sendq *q, struct sendq_pool *pool, int status) {
    struct sendq_chunk *chunk = sendq_first(q);

    chunk->refused -= chunk->status[chunk->next] < 0;
    chunk->status[chunk->next] = status;
    sendq_done(q, pool, 1);
}

struct sendq_datagram sendq_peek(const struct sendq *q) {
    const struct sendq_chunk *chunk = sendq_first(q);
    const dgram_outgoing *message = &chunk->messages[chunk->next];

    return (struct sendq_datagram){
        .to = message->to,
        .payload = message->length > 0 ? message->payload : NULL,
        .length = message->length,
        .info = message->info,
        .cb = chunk->cbs[chunk->next],
        .data = message->data,
    };
}

void sendq_skip(struct sendq *q, struct sendq_pool *pool) {
    struct sendq_chunk *chunk = sendq_first(q);

    chunk->cbs[chunk->next] = NULL;
    chunk->status[chunk->next] = 0;
    sendq_done(q, pool, 1);
}

int sendq_reserve(struct sendq *q, struct sendq_pool *pool, size_t count) {
    struct sendq_chunk *chunk;

    q->large |= count > SMALL_DATAGRAMS_MAX;
    chunk = chunk_with_space(q, pool, false, 0);
    return chunk == NULL
               ? UV_ENOMEM
               : (int)min_size(count, chunk->datagrams_max - chunk->datagrams);
}

void sendq_record(struct sendq *q, const dgram_address *to, size_t length,
                  const struct sendq_report *report) {
    struct sendq_chunk *chunk = sendq_first(q);
    uint32_t i = chunk->datagrams++;

    chunk->messages[i].length = length;
    chunk->messages[i].to = put_address(chunk, to);
    chunk->messages[i].data = report->data;
    chunk->cbs[i] = report->cb;
    chunk->status[i] = report->status;
    chunk->next = chunk->datagrams;
    chunk->waiting++;
    q->waiting++;
    q->cost += length + DATAGRAM_COST;
}

void sendq_settle(struct sendq *q, struct sendq_pool *pool) {
    settle(q, pool, sendq_first(q));
}

struct sendq_report sendq_report(struct sendq *q, struct sendq_pool *pool,
                                 dgram_address *to_out) {
    struct sendq_chunk *chunk =
        chunk_of(list_empty(&q->sent) ? q->unsent.next : q->sent.next);
    struct sendq_report report;
    uint32_t i;

    while (!is_reported(chunk, chunk->report_next))
        chunk->report_next++;
    i = chunk->report_next++;
    report = (struct sendq_report){
        .cb = chunk->cbs[i],
        .data = chunk->messages[i].data,
        .status = chunk->status[i] < 0 ? chunk->status[i]
                                       : (int)chunk->messages[i].length,
    };
    address_copy(to_out, chunk->messages[i].to);
    q->cost -= chunk->messages[i].length + DATAGRAM_COST;
    q->waiting--;
    if (--chunk->waiting == 0 && chunk->next == chunk->datagrams)
        release_chunk(pool, chunk);
    return report;
}
