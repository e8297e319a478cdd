#include "loop/arena.h"

#include "util/alloc.h"
#include "util/util.h"

static struct arena *new_arena(struct loop *loop) {
    struct arena *arena = alloc_bytes(sizeof(*arena));

    if (arena == NULL)
        return NULL;
    arena->loop = loop;
    arena->delivery = (struct delivery){0};
    list_init(&arena->node);
    task_init(&arena->rest, NULL);
    arena->buffers = (dgram_buffers){
        .memory = arena->memory,
        .size = DGRAM_BUFFER_SIZE,
        .count = RECEIVE_MESSAGES_MAX,
    };
    return arena;
}

int arena_need_buffers(struct loop *loop) {
    if (loop->arena == NULL && list_empty(&loop->arenas))
        loop->arena = new_arena(loop);
    return loop->arena != NULL || !list_empty(&loop->arenas) ? 0 : UV_ENOMEM;
}

void arena_give(struct arena *arena) {
    struct loop *loop = arena->loop;

    list_remove(&arena->node);
    if (loop->arena == NULL)
        loop->arena = arena;
    else
        alloc_free(arena);
}

bool arena_is_left(const struct arena *arena) {
    return arena->depth >= arena->loop->dispatching;
}

struct arena *arena_find_left(struct loop *loop) {
    for (struct list *n = loop->arenas.next; n != &loop->arenas; n = n->next) {
        struct arena *arena = CONTAINER_OF(n, struct arena, node);

        if (arena_is_left(arena) && !list_empty(&arena->rest.node))
            return arena;
    }
    return NULL;
}

/* Takes back what a wake-up has left, if nothing of it is to be shown. */
static void take_back_arenas(struct loop *loop) {
    struct list *n = loop->arenas.next;

    while (n != &loop->arenas) {
        struct arena *arena = CONTAINER_OF(n, struct arena, node);

        n = n->next;
        if (arena_is_left(arena) && list_empty(&arena->rest.node))
            arena_give(arena);
    }
}

struct arena *arena_take(struct loop *loop) {
    struct arena *arena;

    take_back_arenas(loop);
    arena = loop->arena;
    loop->arena = NULL;
    if (arena == NULL)
        arena = new_arena(loop);
    if (arena == NULL)
        return NULL;
    arena->depth = loop->dispatching;
    arena->buffers.received = arena->buffers.given = 0;
    list_append(&loop->arenas, &arena->node);
    return arena;
}
