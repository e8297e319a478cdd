/* Blocks of memory for pooled messages. When JavaScript has collected a block,
   it is used again. If it were freed and allocated anew, it would cost a page
   fault for each 4 KiB, which takes longer than everything else that a message
   needs. */
#include <stdlib.h>

#include "addon.h"
#include "system.h"

#define BLOCK_SIZE 65536u
#define FREE_MAX 128u /* blocks kept for later */

struct block {
    struct block *next;
};

/* Exists until the environment has ended and the last block is collected. */
struct pool {
    struct block *free;
    unsigned free_count;
    unsigned references; /* blocks of JavaScript, and the addon */
    bool idle;           /* no socket is open: free blocks are not kept */
    bool ended;          /* free blocks are not kept */
};

static void unref(struct pool *pool) {
    if (--pool->references == 0)
        free(pool);
}

/* free() alone would leave the pages to the process: the allocator keeps free
   memory of this size. */
static void release(void *memory) {
    system_discard(memory, BLOCK_SIZE);
    free(memory);
}

static void recycle(struct pool *pool, void *memory) {
    struct block *block = memory;

    if (pool->idle) {
        release(memory);
        return;
    }
    if (pool->ended || pool->free_count == FREE_MAX) {
        free(memory);
        return;
    }
    block->next = pool->free;
    pool->free = block;
    pool->free_count++;
}

static void *take(struct pool *pool) {
    struct block *block = pool->free;

    if (block == NULL)
        return malloc(BLOCK_SIZE);
    pool->free = block->next;
    pool->free_count--;
    return block;
}

static void on_collected(napi_env env, void *memory, void *hint) {
    struct pool *pool = hint;

    (void)env;
    recycle(pool, memory);
    unref(pool);
}

struct pool *pool_create(void) {
    struct pool *pool = calloc(1, sizeof *pool);

    if (pool != NULL)
        pool->references = 1;
    return pool;
}

void pool_set_idle(struct pool *pool, bool idle) {
    pool->idle = idle;
    while (idle && pool->free != NULL)
        release(take(pool));
}

void pool_end(struct pool *pool) {
    pool->ended = true;
    while (pool->free != NULL)
        free(take(pool));
    unref(pool);
}

/* newBlock(): returns an ArrayBuffer of 64 KiB with undefined contents, or
   undefined if the engine allows only its own memory. */
napi_value pool_new_block(napi_env env, napi_callback_info info) {
    struct addon *addon;
    napi_value result = NULL;
    void *memory;

    (void)info;
    napi_get_instance_data(env, (void **)&addon);
    memory = take(addon->pool);
    if (memory == NULL)
        return NULL;
    addon->pool->references++;
    if (napi_create_external_arraybuffer(env, memory, BLOCK_SIZE, on_collected,
                                         addon->pool, &result) == napi_ok)
        return result;
    recycle(addon->pool, memory);
    unref(addon->pool);
    return NULL;
}
