/* Structs of the caller's that begin with their size, and that grow: a program
   may have been built with an older, smaller one, or with a newer, larger one.

   A new member stands behind the padding of the struct as it was: what an older
   program has in its padding is not 0. */
#ifndef DGRAM_UTIL_SIZED_H
#define DGRAM_UTIL_SIZED_H

#include "namespace.h"

#include <stdbool.h>
#include <stddef.h>

/* The size of a struct that ends with the member. */
#define SIZE_UP_TO(type, member)                                               \
    (offsetof(type, member) + sizeof(((type *)0)->member))

/* Copies a struct that has all members up to `last` at least. Those that it
   lacks are 0. ERR_INVALID_ARG_VALUE if it lacks others, or if any byte is not
   0 that we know nothing of. */
#define SIZED_COPY(to, from, type, last)                                       \
    sized_copy((to), sizeof(type), SIZE_UP_TO(type, last), (from))
int sized_copy(void *to, size_t size, size_t least, const void *from);

/* Whether such a struct could be copied. */
bool sized_is_sound(size_t size, size_t least, const void *from);

/* The member of a sound struct of pointers that is used where it stands; NULL
   if it lacks the member. */
#define SIZED_MEMBER(table, type, member)                                      \
    ((table)->size >= SIZE_UP_TO(type, member) ? (table)->member : NULL)

#endif
