/* Pieces of memory for pooled messages. JavaScript's collector gives them back,
   often hundreds at once, and they are used again: memory that goes to the
   system and comes back costs a page fault for every 4 KiB, which is more than
   all else that is done for a message. */
#include <stdlib.h>

#include "addon.h"

#define PIECE_SIZE 65536u
#define FREE_MAX 128u /* pieces kept for later */

struct piece {
    struct piece *next;
};

/* Lives until the environment has ended and the last piece is back. */
struct pool {
    struct piece *free;
    unsigned free_count;
    unsigned lent; /* pieces that JavaScript has, and one for the addon */
    bool ended;    /* nothing is kept */
};

static void let_go(struct pool *pool) {
    if (--pool->lent == 0)
        free(pool);
}

static void keep(struct pool *pool, void *memory) {
    struct piece *piece = memory;

    if (pool->ended || pool->free_count == FREE_MAX) {
        free(memory);
        return;
    }
    piece->next = pool->free;
    pool->free = piece;
    pool->free_count++;
}

static void *take(struct pool *pool) {
    struct piece *piece = pool->free;

    if (piece == NULL)
        return malloc(PIECE_SIZE);
    pool->free = piece->next;
    pool->free_count--;
    return piece;
}

static void on_collected(napi_env env, void *memory, void *hint) {
    struct pool *pool = hint;

    (void)env;
    keep(pool, memory);
    let_go(pool);
}

struct pool *pool_create(void) {
    struct pool *pool = calloc(1, sizeof *pool);

    if (pool != NULL)
        pool->lent = 1;
    return pool;
}

void pool_end(struct pool *pool) {
    pool->ended = true;
    while (pool->free != NULL)
        free(take(pool));
    let_go(pool);
}

/* newBlock(): an ArrayBuffer of 64 KiB, its bytes as they are; undefined where
   the engine allows no memory but its own. */
napi_value pool_piece(napi_env env, napi_callback_info info) {
    struct addon *addon;
    napi_value result = NULL;
    void *memory;

    (void)info;
    napi_get_instance_data(env, (void **)&addon);
    memory = take(addon->pool);
    if (memory == NULL)
        return NULL;
    addon->pool->lent++;
    if (napi_create_external_arraybuffer(env, memory, PIECE_SIZE, on_collected,
                                         addon->pool, &result) == napi_ok)
        return result;
    keep(addon->pool, memory);
    let_go(addon->pool);
    return NULL;
}
