#include "memory.h"

#include <stdlib.h>

#include <dgram.h>

struct memory memory;

static bool is_to_fail(void) {
    if (memory.fails != NULL && memory.fails())
        return true;
    return memory.until_failure >= 0 && memory.until_failure-- == 0;
}

static void *allocate(size_t size, void *data) {
    void *given = is_to_fail() ? NULL : malloc(size);

    (void)data;
    if (given == NULL) {
        memory.failures++;
        return NULL;
    }
    memory.allocations++;
    if (++memory.blocks > memory.most)
        memory.most = memory.blocks;
    return given;
}

static void release(void *given, void *data) {
    (void)data;
    memory.blocks--;
    free(given);
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
