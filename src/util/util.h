/* Small things that every file may use. */
#ifndef DGRAM_UTIL_UTIL_H
#define DGRAM_UTIL_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define CONTAINER_OF(pointer, type, member)                                    \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* The stack frame of the calling function. Stacks grow downwards. */
#define STACK_HERE() ((uintptr_t)__builtin_frame_address(0))

/* Whether the text is NULL or "". */
static inline bool text_is_empty(const char *text) {
    return text == NULL || text[0] == '\0';
}

static inline size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

#endif
