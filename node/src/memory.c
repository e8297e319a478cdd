/* The allocator of the core. Its receive buffers, of two megabytes, are mapped
   directly. If they came from malloc(), the first free() of one would raise the
   threshold at which glibc returns memory to the system: from then on, each
   arena would keep up to four megabytes of free memory, V8's included. */
#include <stddef.h>
#include <stdlib.h>

#include "addon.h"
#include "system.h"

#define MAP_MIN (1u << 20) /* bytes: such memory and larger is mapped */

struct header {
    _Alignas(max_align_t) size_t mapped; /* bytes; 0: from malloc() */
};

static void *allocate(size_t size, void *data) {
    size_t total = sizeof(struct header) + size;
    struct header *header;

    (void)data;
    if (total < size)
        return NULL;
    header = size >= MAP_MIN ? system_map(total) : malloc(total);
    if (header == NULL)
        return NULL;
    header->mapped = size >= MAP_MIN ? total : 0;
    return header + 1;
}

static void release(void *memory, void *data) {
    struct header *header = (struct header *)memory - 1;

    (void)data;
    if (header->mapped != 0)
        system_unmap(header, header->mapped);
    else
        free(header);
}

static void set_allocator(void) {
    static const dgram_allocator allocator = {.allocate = allocate,
                                              .release = release};

    dgram_set_allocator(&allocator); /* never fails */
}

void memory_setup(void) {
    static uv_once_t once = UV_ONCE_INIT;

    uv_once(&once, set_allocator);
}
