#include "memory.h"

#include <stdlib.h>
#include <string.h>

#include <dgram.h>

struct memory memory;

static bool is_to_fail(void) {
    if (memory.fails != NULL && memory.fails())
        return true;
    return memory.until_failure >= 0 && memory.until_failure-- == 0;
}

/* Each block begins with its size. */
struct block {
    size_t size;
    max_align_t given[];
};

static void *allocate(size_t size, void *data) {
    struct block *block =
        is_to_fail() ? NULL : malloc(sizeof(struct block) + size);

    (void)data;
    if (block == NULL) {
        memory.failures++;
        return NULL;
    }
    block->size = size;
    memset(block->given, 0xa5, size); /* no memory is 0 by chance */
    memory.allocations++;
    if (++memory.blocks > memory.blocks_max)
        memory.blocks_max = memory.blocks;
    memory.bytes += size;
    if (memory.bytes > memory.bytes_max)
        memory.bytes_max = memory.bytes;
    return block->given;
}

static void release(void *given, void *data) {
    struct block *block =
        (void *)((char *)given - offsetof(struct block, given));

    (void)data;
    memory.blocks--;
    memory.bytes -= block->size;
    free(block);
}

void memory_begin(void) {
    static const dgram_allocator counting = {.allocate = allocate,
                                             .release = release};

    memory = (struct memory){.until_failure = -1};
    dgram_set_allocator(&counting);
}

void memory_end(void) {
    dgram_set_allocator(NULL);
}
