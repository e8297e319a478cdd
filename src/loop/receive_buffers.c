#include "loop/receive_buffers.h"

#include <limits.h>

#include "util/alloc.h"
#include "util/util.h"

_Static_assert(RECEIVE_MESSAGES_MAX *DGRAM_RECEIVE_MESSAGE_SIZE ==
                       DGRAM_RECEIVE_MEMORY_SIZE &&
                   DGRAM_RECEIVE_MESSAGE_SIZE + DGRAM_BUFFER_OVERHEAD ==
                       DGRAM_BUFFER_SIZE,
               "the public sizes are not those of the buffers");

static struct receive_buffers *create_buffers(struct loop *loop) {
    struct receive_buffers *buffers = alloc_bytes(sizeof(*buffers));

    if (buffers == NULL)
        return NULL;
    buffers->loop = loop;
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

int receive_buffers_prepare(struct loop *loop) {
    if (loop->spare_buffers == NULL && list_empty(&loop->buffers_in_use))
        loop->spare_buffers = create_buffers(loop);
    return loop->spare_buffers != NULL || !list_empty(&loop->buffers_in_use)
               ? 0
               : UV_ENOMEM;
}

void receive_buffers_release(struct receive_buffers *buffers) {
    struct loop *loop = buffers->loop;

    list_remove(&buffers->node);
    if (loop->spare_buffers == NULL)
        loop->spare_buffers = buffers;
    else
        alloc_free(buffers);
}

bool receive_buffers_are_abandoned(const struct receive_buffers *buffers) {
    return buffers->depth >= buffers->loop->dispatching;
}

/* A depth that no wake-up has. */
void receive_buffers_keep(struct receive_buffers *buffers) {
    buffers->depth = UINT_MAX;
}

bool receive_buffers_are_kept(const struct receive_buffers *buffers) {
    return buffers->depth == UINT_MAX;
}

struct receive_buffers *receive_buffers_find_abandoned(struct loop *loop) {
    for (struct list *n = loop->buffers_in_use.next; n != &loop->buffers_in_use;
         n = n->next) {
        struct receive_buffers *buffers =
            CONTAINER_OF(n, struct receive_buffers, node);

        if (receive_buffers_are_abandoned(buffers) &&
            !list_empty(&buffers->rest.node))
            return buffers;
    }
    return NULL;
}

/* Abandoned buffers with nothing left to deliver. */
static void release_abandoned(struct loop *loop) {
    struct list *n = loop->buffers_in_use.next;

    while (n != &loop->buffers_in_use) {
        struct receive_buffers *buffers =
            CONTAINER_OF(n, struct receive_buffers, node);

        n = n->next;
        if (receive_buffers_are_abandoned(buffers) &&
            !receive_buffers_are_kept(buffers) &&
            list_empty(&buffers->rest.node))
            receive_buffers_release(buffers);
    }
}

struct receive_buffers *receive_buffers_acquire(struct loop *loop) {
    struct receive_buffers *buffers;

    release_abandoned(loop);
    buffers = loop->spare_buffers;
    loop->spare_buffers = NULL;
    if (buffers == NULL)
        buffers = create_buffers(loop);
    if (buffers == NULL)
        return NULL;
    buffers->depth = loop->dispatching;
    buffers->raw.received = buffers->raw.given = 0;
    list_append(&loop->buffers_in_use, &buffers->node);
    return buffers;
}
