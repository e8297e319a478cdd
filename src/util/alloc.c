#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#include "dgram_types.h"

static void *default_allocate(size_t size, void *data) {
    (void)data;
    return malloc(size);
}

static void default_release(void *memory, void *data) {
    (void)data;
    free(memory);
}

static const dgram_allocator default_allocator = {
    .allocate = default_allocate,
    .release = default_release,
};

static dgram_allocator allocator = {
    .allocate = default_allocate,
    .release = default_release,
};

int dgram_set_allocator(const dgram_allocator *replacement) {
    if (replacement == NULL)
        replacement = &default_allocator;
    if (replacement->allocate == NULL || replacement->release == NULL)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    allocator = *replacement;
    return 0;
}

void *alloc_bytes(size_t size) {
    return allocator.allocate(size, allocator.data);
}

void *alloc_zeroed(size_t size) {
    void *memory = alloc_bytes(size);

    if (memory != NULL)
        memset(memory, 0, size);
    return memory;
}

void alloc_free(void *memory) {
    if (memory != NULL)
        allocator.release(memory, allocator.data);
}
