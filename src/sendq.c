#include "sendq.h"

#include <string.h>

#include "base/alloc.h"
#include "base/util.h"

#define SMALL_ENTRIES_MAX 16u
#define SMALL_SLAB_SIZE 2048u
#define LARGE_ENTRIES_MAX 1024u
#define LARGE_SLAB_SIZE 65536u /* any datagram fits */
#define POOL_SMALL_MAX 64u     /* free chunks kept */
#define POOL_LARGE_MAX 8u

/* One allocation: the chunk, its entries, destinations and slab. */
static struct sendq_chunk *create_chunk(uint32_t entries_max,
                                        uint32_t slab_size) {
    size_t entries_size = entries_max * sizeof(struct sendq_entry);
    size_t destinations_size = entries_max * sizeof(dgram_address);
    struct sendq_chunk *chunk = alloc_bytes(sizeof(*chunk) + entries_size +
                                            destinations_size + slab_size);

    if (chunk == NULL)
        return NULL;
    chunk->entries = (struct sendq_entry *)(chunk + 1);
    chunk->destinations = (dgram_address *)(chunk->entries + entries_max);
    chunk->slab = (unsigned char *)(chunk->destinations + entries_max);
    chunk->entries_max = entries_max;
    chunk->slab_size = slab_size;
    return chunk;
}

static void reset_chunk(struct sendq_chunk *chunk) {
    chunk->used = chunk->sent = chunk->reported = 0;
    chunk->destination_count = 0;
    chunk->slab_used = 0;
    chunk->waiting = 0;
    list_init(&chunk->node);
}

static struct sendq_chunk *chunk_of(struct list *node) {
    return CONTAINER_OF(node, struct sendq_chunk, node);
}

static bool is_small(const struct sendq_chunk *chunk) {
    return chunk->entries_max == SMALL_ENTRIES_MAX;
}

void sendq_pool_init(struct sendq_pool *pool) {
    list_init(&pool->small);
    list_init(&pool->large);
    pool->small_count = pool->large_count = 0;
}

static void free_list(struct list *list) {
    while (!list_empty(list)) {
        struct sendq_chunk *chunk = chunk_of(list->next);

        list_remove(&chunk->node);
        alloc_free(chunk);
    }
}

void sendq_pool_free(struct sendq_pool *pool) {
    free_list(&pool->small);
    free_list(&pool->large);
    pool->small_count = pool->large_count = 0;
}

static struct sendq_chunk *take_chunk(struct sendq_pool *pool, bool large) {
    struct list *free_chunks = large ? &pool->large : &pool->small;
    struct sendq_chunk *chunk;

    if (list_empty(free_chunks)) {
        chunk = large ? create_chunk(LARGE_ENTRIES_MAX, LARGE_SLAB_SIZE)
                      : create_chunk(SMALL_ENTRIES_MAX, SMALL_SLAB_SIZE);
        if (chunk == NULL)
            return NULL;
    } else {
        chunk = chunk_of(free_chunks->next);
        list_remove(&chunk->node);
        *(large ? &pool->large_count : &pool->small_count) -= 1;
    }
    reset_chunk(chunk);
    return chunk;
}

static void give_back(struct sendq_pool *pool, struct sendq_chunk *chunk) {
    bool small = is_small(chunk);
    unsigned *count = small ? &pool->small_count : &pool->large_count;

    list_remove(&chunk->node);
    if (*count >= (small ? POOL_SMALL_MAX : POOL_LARGE_MAX)) {
        alloc_free(chunk);
        return;
    }
    *count += 1;
    /* At the front: what was used last is still in the cache. */
    list_append((small ? &pool->small : &pool->large)->next, &chunk->node);
}

void sendq_init(struct sendq *q) {
    memset(q, 0, sizeof(*q));
    list_init(&q->unsent);
    list_init(&q->sent);
}

static struct sendq_chunk *last_chunk(const struct sendq *q) {
    return list_empty(&q->unsent) ? NULL : chunk_of(q->unsent.previous);
}

static bool has_room(const struct sendq_chunk *chunk, size_t copied) {
    return chunk->used < chunk->entries_max &&
           copied <= chunk->slab_size - chunk->slab_used;
}

static struct sendq_chunk *chunk_with_room(struct sendq *q,
                                           struct sendq_pool *pool,
                                           size_t copied) {
    struct sendq_chunk *chunk = last_chunk(q);

    if (chunk != NULL && has_room(chunk, copied))
        return chunk;
    if (chunk != NULL)
        q->large = true;
    chunk = take_chunk(pool, q->large || copied > SMALL_SLAB_SIZE);
    if (chunk != NULL)
        list_append(&q->unsent, &chunk->node);
    return chunk;
}

/* Equal destinations in a row share one slot, which is how runs are found. */
static uint32_t put_destination(struct sendq_chunk *chunk,
                                const dgram_address *to) {
    uint32_t count = chunk->destination_count;

    if (count > 0 && dgram_address_equal(&chunk->destinations[count - 1], to))
        return count - 1;
    chunk->destinations[count] = *to;
    chunk->destination_count++;
    return count;
}

struct sendq_entry *sendq_push(struct sendq *q, struct sendq_pool *pool,
                               const dgram_address *to, size_t length,
                               size_t copied, unsigned char **room_out) {
    struct sendq_chunk *chunk = chunk_with_room(q, pool, copied);
    struct sendq_entry *entry;

    if (chunk == NULL)
        return NULL;
    entry = &chunk->entries[chunk->used++];
    entry->length = (uint32_t)length;
    entry->to = put_destination(chunk, to);
    entry->status = 0;
    *room_out = chunk->slab + chunk->slab_used;
    chunk->slab_used += (uint32_t)copied;
    q->count++;
    q->size += length;
    return entry;
}

bool sendq_full(const struct sendq *q) {
    const struct sendq_chunk *chunk = last_chunk(q);

    if (chunk == NULL || is_small(chunk))
        return false;
    return !has_room(chunk, chunk->entries[chunk->used - 1].length);
}

struct sendq_chunk *sendq_first(const struct sendq *q) {
    return list_empty(&q->unsent) ? NULL : chunk_of(q->unsent.next);
}

/* Moves on a chunk whose entries are all sent. */
static void settle(struct sendq *q, struct sendq_pool *pool,
                   struct sendq_chunk *chunk) {
    if (chunk->sent < chunk->used)
        return;
    if (!is_small(chunk) && chunk->used <= SMALL_ENTRIES_MAX &&
        chunk->slab_used <= SMALL_SLAB_SIZE)
        q->large = false;
    if (chunk->waiting == 0) {
        give_back(pool, chunk);
        return;
    }
    list_remove(&chunk->node);
    list_append(&q->sent, &chunk->node);
}

void sendq_sent(struct sendq *q, struct sendq_pool *pool, uint32_t count) {
    struct sendq_chunk *chunk = sendq_first(q);
    uint32_t end = chunk->sent + count;

    for (uint32_t i = chunk->sent; i < end; i++) {
        struct sendq_entry *entry = &chunk->entries[i];

        entry->status = (int32_t)entry->length;
        q->size -= entry->length;
        if (entry->cb != NULL) {
            chunk->waiting++;
            q->waiting++;
        }
    }
    q->count -= count;
    chunk->sent = end;
    settle(q, pool, chunk);
}

void sendq_failed(struct sendq *q, struct sendq_pool *pool, int status) {
    struct sendq_chunk *chunk = sendq_first(q);
    struct sendq_entry *entry = &chunk->entries[chunk->sent++];

    entry->status = status;
    q->size -= entry->length;
    q->count--;
    chunk->waiting++;
    q->waiting++;
    settle(q, pool, chunk);
}

struct sendq_entry sendq_report(struct sendq *q, struct sendq_pool *pool,
                                dgram_address *to_out) {
    struct sendq_chunk *chunk =
        chunk_of(list_empty(&q->sent) ? q->unsent.next : q->sent.next);
    struct sendq_entry entry;

    do {
        entry = chunk->entries[chunk->reported++];
    } while (entry.cb == NULL && entry.status >= 0);
    *to_out = chunk->destinations[entry.to];
    chunk->waiting--;
    q->waiting--;
    if (chunk->waiting == 0 && chunk->sent == chunk->used)
        give_back(pool, chunk);
    return entry;
}
