/* Structs that begin with their size, so that they can grow: the caller may
   have been compiled with an older, smaller struct, or with a newer, larger
   one.

   A new member must not begin in what was padding before: the padding of an
   older program need not be 0. */
#ifndef DGRAM_UTIL_SIZED_H
#define DGRAM_UTIL_SIZED_H

#include "namespace.h"

#include <stdbool.h>
#include <stddef.h>

/* The size of a struct that ends with the member. */
#define SIZE_UP_TO(type, member)                                               \
    (offsetof(type, member) + sizeof(((type *)0)->member))

/* Copies a struct. Members that the caller's struct lacks become 0.
   DGRAM_ERR_INVALID_ARG_VALUE if it ends before `last` does, or if bytes that
   this library does not know are not 0. */
#define SIZED_COPY(to, from, type, last)                                       \
    sized_copy((to), sizeof(type), SIZE_UP_TO(type, last), (from))
int sized_copy(void *to, size_t size, size_t least, const void *from);

/* Whether sized_copy() would succeed. */
bool sized_is_sound(size_t size, size_t least, const void *from);

/* A pointer in a sound struct that was not copied; NULL if the struct lacks the
   member. */
#define SIZED_MEMBER(table, type, member)                                      \
    ((table)->size >= SIZE_UP_TO(type, member) ? (table)->member : NULL)

#endif
