/* All memory of the library goes through here. */
#ifndef DGRAM_UTIL_ALLOC_H
#define DGRAM_UTIL_ALLOC_H

#include "namespace.h"

#include <stddef.h>

/* NULL when there is no memory. */
void *alloc_bytes(size_t size);
void *alloc_zeroed(size_t size);

/* NULL is ignored. */
void alloc_free(void *memory);

#endif
