/* Small things that every file may use. */
#ifndef DGRAM_BASE_UTIL_H
#define DGRAM_BASE_UTIL_H

#include <stddef.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define CONTAINER_OF(pointer, type, member)                                    \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

static inline size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

#endif
