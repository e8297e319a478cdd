#include "util/sized.h"

#include <string.h>

#include "dgram_types.h"

/* No release has a larger struct. An uninitialized size may be anything. */
#define SIZE_MAX_SOUND 4096u

bool sized_is_sound(size_t size, size_t least, const void *from) {
    const unsigned char *bytes = from;
    size_t given;

    if (from == NULL)
        return false;
    memcpy(&given, from, sizeof(given));
    if (given < least || given > SIZE_MAX_SOUND)
        return false;
    for (size_t i = size; i < given; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

int sized_copy(void *to, size_t size, size_t least, const void *from) {
    size_t given;

    if (!sized_is_sound(size, least, from))
        return DGRAM_ERR_INVALID_ARG_VALUE;
    memcpy(&given, from, sizeof(given));
    memset(to, 0, size);
    memcpy(to, from, given < size ? given : size);
    memcpy(to, &size, sizeof(size));
    return 0;
}
