/* Numbers in datagrams: unsigned, the first byte is the highest. */
#ifndef CLI_MEASURE_BYTES_H
#define CLI_MEASURE_BYTES_H

#include <stdint.h>

static inline void bytes_put(unsigned char *bytes, uint64_t value, int size) {
    while (size-- > 0) {
        bytes[size] = (unsigned char)value;
        value >>= 8;
    }
}

static inline uint64_t bytes_get(const unsigned char *bytes, int size) {
    uint64_t value = 0;

    while (size-- > 0)
        value = value << 8 | *bytes++;
    return value;
}

#endif
