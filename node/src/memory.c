/* The memory of the core. Its receive buffers, of two megabytes, come from the
   system itself. If malloc() had them, free() would let glibc keep free memory
   of up to four megabytes in each arena from then on, also that of V8. */
#include <stddef.h>
#include <stdlib.h>

#include "addon.h"
#include "system.h"

#define LARGE (1u << 20) /* bytes of what comes from the system */

struct header {
    _Alignas(max_align_t) size_t mapped; /* bytes; 0: it is of malloc() */
};

static void *allocate(size_t size, void *data) {
    size_t total = sizeof(struct header) + size;
    struct header *header;

    (void)data;
    if (total < size)
        return NULL;
    header = size >= LARGE ? system_map(total) : malloc(total);
    if (header == NULL)
        return NULL;
    header->mapped = size >= LARGE ? total : 0;
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
