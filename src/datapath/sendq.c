#include "datapath/sendq.h"

#include <string.h>

#include "util/address.h"
#include "util/alloc.h"
#include "util/util.h"

#define SMALL_DATAGRAMS_MAX 16u
#define SMALL_SLAB_SIZE 2048u
#define LARGE_SLAB_SIZE 65536u /* any datagram fits */
#define LONG_DATAGRAM (LARGE_SLAB_SIZE / LONG_DATAGRAMS_MAX)
#define LONG_DATAGRAMS_MAX 64u

static const struct {
    uint32_t datagrams_max, slab_size;
    unsigned kept_max; /* free ones in the pool */
} kinds[CHUNK_KINDS] = {
    [CHUNK_SMALL] = {SMALL_DATAGRAMS_MAX, SMALL_SLAB_SIZE, 64},
    [CHUNK_MANY] = {1024, LARGE_SLAB_SIZE, 8},
    [CHUNK_LONG] = {LONG_DATAGRAMS_MAX, LARGE_SLAB_SIZE, 8},
};

/* One allocation: the chunk and its arrays, the strictest alignment first. */
static struct sendq_chunk *create_chunk(enum sendq_kind kind) {
    uint32_t datagrams_max = kinds[kind].datagrams_max;
    uint32_t slab_size = kinds[kind].slab_size;
    struct sendq_chunk *chunk;

    chunk = alloc_bytes(sizeof(*chunk) + slab_size +
                        datagrams_max *
                            (sizeof(*chunk->runs) + sizeof(*chunk->parts) +
                             sizeof(*chunk->reports)));
    if (chunk == NULL)
        return NULL;
    chunk->runs = (struct sendq_run *)(chunk + 1);
    chunk->parts = (struct iovec *)(chunk->runs + datagrams_max);
    chunk->reports = (struct sendq_report *)(chunk->parts + datagrams_max);
    chunk->slab = (unsigned char *)(chunk->reports + datagrams_max);
    chunk->kind = kind;
    chunk->datagrams_max = datagrams_max;
    chunk->slab_size = slab_size;
    return chunk;
}

static void reset_chunk(struct sendq_chunk *chunk) {
    chunk->datagrams = chunk->run_count = chunk->part_count = 0;
    chunk->slab_used = 0;
    chunk->run = chunk->report_run = chunk->report_next = 0;
    chunk->waiting = 0;
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
        alloc_free(chunk);
    }
}

void sendq_pool_free(struct sendq_pool *pool) {
    for (int kind = 0; kind < CHUNK_KINDS; kind++)
        free_list(&pool->free[kind]);
    sendq_pool_init(pool);
}

static struct sendq_chunk *take_chunk(struct sendq_pool *pool,
                                      enum sendq_kind kind) {
    struct list *free_chunks = &pool->free[kind];
    struct sendq_chunk *chunk;

    if (list_empty(free_chunks)) {
        chunk = create_chunk(kind);
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

static void give_back(struct sendq_pool *pool, struct sendq_chunk *chunk) {
    enum sendq_kind kind = chunk->kind;

    list_remove(&chunk->node);
    if (pool->count[kind] >= kinds[kind].kept_max) {
        alloc_free(chunk);
        return;
    }
    pool->count[kind]++;
    /* At the front: what was used last is still in the cache. */
    list_append(pool->free[kind].next, &chunk->node);
}

void sendq_init(struct sendq *q) {
    memset(q, 0, sizeof(*q));
    list_init(&q->unsent);
    list_init(&q->sent);
}

static bool has_room(const struct sendq_chunk *chunk, size_t copied) {
    return chunk->datagrams < chunk->datagrams_max &&
           copied <= chunk->slab_size - chunk->slab_used;
}

/* What becomes of a burst is not known: it goes on as it begins. */
static enum sendq_kind kind_for(const struct sendq *q, size_t copied) {
    if (!q->large && copied <= SMALL_SLAB_SIZE)
        return CHUNK_SMALL;
    return copied < LONG_DATAGRAM ? CHUNK_MANY : CHUNK_LONG;
}

/* The latest chunk takes more, though all in it is sent, while something of it
   is to be reported: a flush for every few datagrams holds not many chunks. */
static void reopen_chunk(struct sendq *q, size_t copied) {
    struct sendq_chunk *chunk;

    if (!list_empty(&q->unsent) || list_empty(&q->sent))
        return;
    chunk = chunk_of(q->sent.previous);
    if (!has_room(chunk, copied))
        return;
    list_remove(&chunk->node);
    list_append(&q->unsent, &chunk->node);
}

static struct sendq_chunk *chunk_with_room(struct sendq *q,
                                           struct sendq_pool *pool,
                                           size_t copied) {
    struct sendq_chunk *chunk = NULL;

    reopen_chunk(q, copied);
    if (!list_empty(&q->unsent)) {
        chunk = chunk_of(q->unsent.previous);
        if (has_room(chunk, copied))
            return chunk;
        q->large = true;
    }
    chunk = take_chunk(pool, kind_for(q, copied));
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
    unsigned char *room = chunk->slab + chunk->slab_used;

    sendq_gather(item, room);
    chunk->slab_used += (uint32_t)item->length;
    return room;
}

/* How many of the item's datagrams the run can take behind the others. Only a
   run of which nothing is sent yet grows, and a shorter datagram ends it. */
static size_t room_in(const struct sendq_run *run,
                      const struct sendq_item *item) {
    size_t room;

    if (run->last_size != run->size || item->length > run->size ||
        item->length == 0 || (run->status | item->status) != 0 ||
        run->reports != (item->cb != NULL) || run->sent > 0 ||
        !address_same(&run->to, item->to))
        return 0;
    room = (RUN_SIZE_MAX - min_size(RUN_SIZE_MAX, run->count * run->size)) /
           item->length;
    room = min_size(room, RUN_DATAGRAMS_MAX - run->count);
    return item->length < run->size ? min_size(room, 1) : room;
}

static struct sendq_run *begin_run(struct sendq_chunk *chunk,
                                   const struct sendq_item *item) {
    struct sendq_run *run = &chunk->runs[chunk->run_count++];

    run->to = *item->to;
    run->parts = &chunk->parts[chunk->part_count];
    run->part_count = 0;
    run->size = run->last_size = (uint32_t)item->length;
    run->count = run->sent = 0;
    run->first = chunk->datagrams;
    run->status = item->status;
    run->gso_refused = 0;
    run->peer_error = false;
    run->reports = item->cb != NULL;
    return run;
}

/* Payloads that stand one behind the other share a part. */
static void add_part(struct sendq_chunk *chunk, struct sendq_run *run,
                     const unsigned char *bytes, size_t length) {
    struct iovec *part = run->parts + run->part_count;

    if (run->part_count > 0 &&
        (unsigned char *)part[-1].iov_base + part[-1].iov_len == bytes) {
        part[-1].iov_len += length;
        return;
    }
    *part = (struct iovec){(void *)(uintptr_t)bytes, length};
    run->part_count++;
    chunk->part_count++;
}

/* Who is to hear of the next `count` datagrams of the chunk. */
static void put_reports(struct sendq_chunk *chunk,
                        const struct sendq_item *item, size_t count) {
    struct sendq_report *reports = &chunk->reports[chunk->datagrams];

    for (size_t i = 0; i < count; i++) {
        reports[i].cb = item->cb;
        reports[i].data =
            item->messages != NULL ? item->messages[i].data : item->data;
    }
}

static size_t put_datagrams(struct sendq_chunk *chunk,
                            const struct sendq_item *item,
                            const unsigned char *bytes) {
    struct sendq_run *run = NULL;
    size_t count = 0;

    if (chunk->run_count > 0) {
        run = &chunk->runs[chunk->run_count - 1];
        count = room_in(run, item);
    }
    if (count == 0) {
        run = begin_run(chunk, item);
        count = room_in(run, item);
    }
    /* A run of one may be empty, or longer than a longer run may be. */
    count = count > 0 ? min_size(count, item->count) : 1;
    count = min_size(count, chunk->datagrams_max - chunk->datagrams);
    add_part(chunk, run, bytes, count * item->length);
    run->last_size = (uint32_t)item->length;
    run->count += (uint32_t)count;
    if (run->reports)
        put_reports(chunk, item, count);
    chunk->datagrams += (uint32_t)count;
    return count;
}

int sendq_push(struct sendq *q, struct sendq_pool *pool,
               const struct sendq_item *item) {
    bool copied = !item->lent && item->status == 0;
    size_t room = copied ? item->length : 0;
    struct sendq_chunk *chunk = chunk_with_room(q, pool, room);
    const unsigned char *bytes = NULL; /* of what is refused: none */
    size_t count;

    if (chunk == NULL)
        return UV_ENOMEM;
    if (copied)
        bytes = copy_payload(chunk, item);
    else if (item->lent)
        bytes = (const unsigned char *)item->parts[0].base;
    count = put_datagrams(chunk, item, bytes);
    q->count += count;
    q->size += count * item->length;
    q->cost += count * (item->length + DATAGRAM_COST);
    q->full = !is_small(chunk) && (!has_room(chunk, room) ||
                                   chunk->run_count - chunk->run >= RUNS_FULL);
    return (int)count;
}

struct sendq_chunk *sendq_first(const struct sendq *q) {
    return list_empty(&q->unsent) ? NULL : chunk_of(q->unsent.next);
}

/* Moves on a chunk whose datagrams are all sent. */
static void settle(struct sendq *q, struct sendq_pool *pool,
                   struct sendq_chunk *chunk) {
    if (chunk->run < chunk->run_count)
        return;
    q->full = false;
    if (!is_small(chunk) && chunk->datagrams <= SMALL_DATAGRAMS_MAX &&
        chunk->slab_used <= SMALL_SLAB_SIZE)
        q->large = false;
    if (chunk->waiting == 0) {
        give_back(pool, chunk);
        return;
    }
    list_remove(&chunk->node);
    list_append(&q->sent, &chunk->node);
}

static uint32_t size_at(const struct sendq_run *run, uint32_t index) {
    return index + 1 < run->count ? run->size : run->last_size;
}

/* The datagram's report is to be run, or there is nothing to be told of it. */
static void sent_one(struct sendq *q, struct sendq_chunk *chunk,
                     const struct sendq_run *run, uint32_t index) {
    struct sendq_report *report = &chunk->reports[run->first + index];

    report->status = (int32_t)size_at(run, index);
    if (report->cb == NULL) {
        q->cost -= size_at(run, index) + DATAGRAM_COST;
        return;
    }
    chunk->waiting++;
    q->waiting++;
}

/* The next `count` datagrams of the run have gone out. */
static void pass(struct sendq *q, struct sendq_chunk *chunk,
                 struct sendq_run *run, uint32_t count) {
    uint32_t end = run->sent + count;
    size_t size = (size_t)(count - 1) * run->size + size_at(run, end - 1);

    q->count -= count;
    q->size -= size;
    if (!run->reports)
        q->cost -= size + (size_t)count * DATAGRAM_COST;
    for (uint32_t i = run->sent; run->reports && i < end; i++)
        sent_one(q, chunk, run, i);
    run->sent = end;
    if (end == run->count)
        chunk->run++;
}

void sendq_sent(struct sendq *q, struct sendq_pool *pool, uint32_t count) {
    struct sendq_chunk *chunk = sendq_first(q);

    while (count > 0) {
        struct sendq_run *run = &chunk->runs[chunk->run];
        uint32_t n = (uint32_t)min_size(count, run->count - run->sent);

        pass(q, chunk, run, n);
        count -= n;
    }
    settle(q, pool, chunk);
}

/* Gives the datagrams of a run their reports, though nobody asked for any; of
   those that are sent nothing is to be told. */
static void want_reports(struct sendq_chunk *chunk, struct sendq_run *run) {
    struct sendq_report *reports = &chunk->reports[run->first];

    for (uint32_t i = 0; i < run->count; i++)
        reports[i] = (struct sendq_report){0};
    run->reports = true;
}

/* Takes the first unsent datagram off, without a word on what became of it. */
static void take_first(struct sendq *q, struct sendq_pool *pool) {
    struct sendq_chunk *chunk = sendq_first(q);
    struct sendq_run *run = &chunk->runs[chunk->run];

    q->count--;
    q->size -= size_at(run, run->sent);
    if (++run->sent == run->count)
        chunk->run++;
    settle(q, pool, chunk);
}

void sendq_failed(struct sendq *q, struct sendq_pool *pool, int status) {
    struct sendq_chunk *chunk = sendq_first(q);
    struct sendq_run *run = &chunk->runs[chunk->run];

    if (!run->reports)
        want_reports(chunk, run);
    chunk->reports[run->first + run->sent].status = status;
    chunk->waiting++;
    q->waiting++;
    take_first(q, pool);
}

/* Where the datagram at `index` begins; none is in two parts. */
static const unsigned char *payload_at(const struct sendq_run *run,
                                       uint32_t index) {
    const struct iovec *part = run->parts;
    size_t offset = (size_t)index * run->size;

    while (offset > 0 && offset >= part->iov_len)
        offset -= part++->iov_len;
    return (const unsigned char *)part->iov_base + offset;
}

struct sendq_datagram sendq_peek(const struct sendq *q) {
    const struct sendq_chunk *chunk = sendq_first(q);
    const struct sendq_run *run = &chunk->runs[chunk->run];
    struct sendq_datagram datagram = {
        .to = &run->to,
        .length = size_at(run, run->sent),
    };

    if (datagram.length > 0)
        datagram.payload = payload_at(run, run->sent);
    if (run->reports) {
        datagram.cb = chunk->reports[run->first + run->sent].cb;
        datagram.data = chunk->reports[run->first + run->sent].data;
    }
    return datagram;
}

void sendq_skip(struct sendq *q, struct sendq_pool *pool) {
    struct sendq_chunk *chunk = sendq_first(q);
    struct sendq_run *run = &chunk->runs[chunk->run];

    if (run->reports)
        chunk->reports[run->first + run->sent] = (struct sendq_report){0};
    q->cost -= size_at(run, run->sent) + DATAGRAM_COST;
    take_first(q, pool);
}

size_t sendq_drop_unsent(struct sendq *q, struct sendq_pool *pool) {
    size_t dropped = q->count;
    struct sendq_chunk *chunk;

    while ((chunk = sendq_first(q)) != NULL) {
        /* What a run has sent is reported all the same: it must stay. */
        chunk->run_count = chunk->run;
        chunk->datagrams = chunk->datagrams_max;
        settle(q, pool, chunk);
    }
    q->cost -= q->size + q->count * DATAGRAM_COST;
    q->count = q->size = 0;
    return dropped;
}

/* The next datagram of the chunk that has something to be told. */
static struct sendq_report *next_report(struct sendq_chunk *chunk,
                                        struct sendq_run **run_out) {
    for (;;) {
        struct sendq_run *run = &chunk->runs[chunk->report_run];
        struct sendq_report *report = &chunk->reports[chunk->report_next];
        uint32_t end = run->first + run->count;

        if (!run->reports || chunk->report_next == end) {
            chunk->report_next = end;
            chunk->report_run++;
            continue;
        }
        chunk->report_next++;
        *run_out = run;
        if (report->cb != NULL || report->status < 0)
            return report;
    }
}

struct sendq_report sendq_report(struct sendq *q, struct sendq_pool *pool,
                                 dgram_address *to_out) {
    struct sendq_chunk *chunk =
        chunk_of(list_empty(&q->sent) ? q->unsent.next : q->sent.next);
    struct sendq_run *run;
    struct sendq_report report = *next_report(chunk, &run);

    *to_out = run->to;
    q->cost -=
        size_at(run, chunk->report_next - 1 - run->first) + DATAGRAM_COST;
    chunk->waiting--;
    q->waiting--;
    if (chunk->waiting == 0 && chunk->run == chunk->run_count)
        give_back(pool, chunk);
    return report;
}
