#include "loop/receive_buffers.h"

#include <limits.h>

#include "util/alloc.h"
#include "util/util.h"

_Static_assert(RECEIVE_MESSAGES_MAX *DGRAM_RECEIVE_MESSAGE_SIZE ==
                       DGRAM_RECEIVE_MEMORY_SIZE &&
                   DGRAM_RECEIVE_MESSAGE_SIZE + DGRAM_BUFFER_OVERHEAD ==
                       DGRAM_BUFFER_SIZE,
               "the public sizes are not those of the buffers");
_Static_assert(RECEIVE_UNIX_MESSAGES_MAX <= RECEIVE_MESSAGES_MAX,
               "the messages of Unix sockets do not fit");

void receive_buffers_init(struct receive_buffers_pool *pool) {
    pool->spare = NULL;
    list_init(&pool->in_use);
}

static struct receive_buffers *buffers_of(struct list *node) {
    return CONTAINER_OF(node, struct receive_buffers, node);
}

static struct receive_buffers *create(struct receive_buffers_pool *pool) {
    struct receive_buffers *buffers = alloc_bytes(sizeof(*buffers));

    if (buffers == NULL)
        return NULL;
    buffers->pool = pool;
    buffers->delivery = (struct delivery){0};
    list_init(&buffers->node);
    task_init(&buffers->rest, NULL);
    buffers->raw = (dgram_buffers){
        .memory = buffers->memory,
        .size = DGRAM_BUFFER_SIZE,
        .count = RECEIVE_MESSAGES_MAX,
    };
    return buffers;
}

int receive_buffers_prepare(struct receive_buffers_pool *pool) {
    if (pool->spare == NULL && list_empty(&pool->in_use))
        pool->spare = create(pool);
    return pool->spare != NULL || !list_empty(&pool->in_use) ? 0 : UV_ENOMEM;
}

void receive_buffers_release(struct receive_buffers *buffers) {
    list_remove(&buffers->node);
    if (buffers->pool->spare == NULL)
        buffers->pool->spare = buffers;
    else
        alloc_free(buffers);
}

/* No wake-up has the depth UINT_MAX. Of nested wake-ups the outer one ends
   last, but it received first: its buffers go to the front of the list. */
void receive_buffers_keep(struct receive_buffers *buffers, struct list *kept) {
    buffers->depth = UINT_MAX;
    list_remove(&buffers->node);
    list_append(kept->next, &buffers->node);
}

struct receive_buffers *receive_buffers_resume(struct list *kept) {
    struct receive_buffers *buffers = buffers_of(kept->next);

    list_remove(&buffers->node);
    list_append(&buffers->pool->in_use, &buffers->node);
    return buffers;
}

bool receive_buffers_are_kept(const struct receive_buffers *buffers) {
    return buffers->depth == UINT_MAX;
}

void receive_buffers_use(struct receive_buffers *buffers, unsigned depth) {
    buffers->depth = depth;
}

static bool has_rest(const struct receive_buffers *buffers) {
    return task_is_queued(&buffers->rest);
}

struct receive_buffers *receive_buffers_find_abandoned(
    const struct receive_buffers_pool *pool, unsigned depth) {
    for (struct list *n = pool->in_use.next; n != &pool->in_use; n = n->next) {
        struct receive_buffers *buffers = buffers_of(n);

        if (receive_buffers_are_abandoned(buffers, depth) && has_rest(buffers))
            return buffers;
    }
    return NULL;
}

/* Releases abandoned buffers with nothing left to deliver. */
static void release_abandoned(struct receive_buffers_pool *pool,
                              unsigned depth) {
    struct list *n = pool->in_use.next;

    while (n != &pool->in_use) {
        struct receive_buffers *buffers = buffers_of(n);

        n = n->next;
        if (receive_buffers_are_abandoned(buffers, depth) &&
            !receive_buffers_are_kept(buffers) && !has_rest(buffers))
            receive_buffers_release(buffers);
    }
}

struct receive_buffers *receive_buffers_acquire(
    struct receive_buffers_pool *pool, unsigned depth) {
    struct receive_buffers *buffers;

    release_abandoned(pool, depth);
    buffers = pool->spare;
    pool->spare = NULL;
    if (buffers == NULL)
        buffers = create(pool);
    if (buffers == NULL)
        return NULL;
    buffers->depth = depth;
    buffers->raw.received = buffers->raw.given = 0;
    buffers->raw.payloads = NULL; /* a closed socket may have left some */
    list_append(&pool->in_use, &buffers->node);
    return buffers;
}

struct receive_buffers *receive_buffers_next_of(
    const struct receive_buffers_pool *pool, const struct receive_buffers *last,
    const dgram_socket *s) {
    struct list *n = last == NULL ? pool->in_use.next : last->node.next;

    for (; n != &pool->in_use; n = n->next) {
        struct receive_buffers *buffers = buffers_of(n);

        if (buffers->delivery.socket == s)
            return buffers;
    }
    return NULL;
}

void receive_buffers_free(struct receive_buffers_pool *pool) {
    while (!list_empty(&pool->in_use)) {
        struct receive_buffers *buffers = buffers_of(pool->in_use.next);

        list_remove(&buffers->node);
        alloc_free(buffers);
    }
    alloc_free(pool->spare);
}
