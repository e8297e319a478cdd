/* FNV-1a, for tables in which a bad hash only costs time. */
#ifndef DGRAM_UTIL_HASH_H
#define DGRAM_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "dgram_types.h"
#include "util/address.h"

#define HASH_BEGIN 2166136261u

static inline uint32_t hash_bytes(uint32_t hash, const void *bytes,
                                  size_t length) {
    const unsigned char *byte = bytes;

    while (length-- > 0)
        hash = (hash ^ *byte++) * 16777619u;
    return hash;
}

/* The host of an address, without its port and scope, or a Unix address. */
static inline uint32_t hash_host(uint32_t hash, const dgram_address *address) {
    if (address->any.sa_family == AF_UNIX)
        return hash_bytes(hash, address->un.name.sun_path,
                          address_name_length(&address->un));
    if (address->any.sa_family == AF_INET6)
        return hash_bytes(hash, &address->v6.sin6_addr,
                          sizeof(address->v6.sin6_addr));
    return hash_bytes(hash, &address->v4.sin_addr,
                      sizeof(address->v4.sin_addr));
}

#endif
