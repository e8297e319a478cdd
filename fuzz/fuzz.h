/* What the fuzz targets share. A target is one function that takes any bytes
   and aborts where a promise is broken. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Holds in every build, unlike assert(). */
#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__,         \
                    #condition);                                               \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* The input, read from its start; 0 behind its end. */
struct bytes {
    const uint8_t *at;
    size_t left;
};

static inline uint8_t take(struct bytes *bytes) {
    if (bytes->left == 0)
        return 0;
    bytes->left--;
    return *bytes->at++;
}

static inline uint32_t take_u32(struct bytes *bytes) {
    uint32_t value = 0;

    for (int i = 0; i < 4; i++)
        value = value << 8 | take(bytes);
    return value;
}

/* The next line as text, without its end. Longer ones are cut. */
static inline void take_line(struct bytes *bytes, char *out, size_t size) {
    size_t length = 0;

    while (bytes->left > 0) {
        char c = (char)take(bytes);

        if (c == '\n')
            break;
        if (length + 1 < size)
            out[length++] = c;
    }
    out[length] = '\0';
}

#endif
