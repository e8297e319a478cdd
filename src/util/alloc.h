/* Memory. The library allocates with these functions alone. */
#ifndef DGRAM_UTIL_ALLOC_H
#define DGRAM_UTIL_ALLOC_H

#include "namespace.h"

#include <stddef.h>

/* Return NULL if out of memory. */
void *alloc_bytes(size_t size);
void *alloc_zeroed(size_t size);

/* NULL is ignored. */
void alloc_free(void *memory);

#endif
