#include "sink/token.h"

#include <string.h>

#include "measure/bytes.h"

static uint64_t rotate(uint64_t value, int bits) {
    return value << bits | value >> (64 - bits);
}

static uint64_t little_endian(const unsigned char *bytes, size_t length) {
    uint64_t value = 0;

    while (length-- > 0)
        value = value << 8 | bytes[length];
    return value;
}

/* A SipRound, as the paper calls it, some times. */
static void mix(uint64_t v[4], int rounds) {
    while (rounds-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

static void absorb(uint64_t v[4], uint64_t word) {
    v[3] ^= word;
    mix(v, 2);
    v[0] ^= word;
}

uint64_t token_hash(const struct token_key *key, const unsigned char *bytes,
                    size_t length) {
    uint64_t v[4] = {key->low ^ UINT64_C(0x736f6d6570736575),
                     key->high ^ UINT64_C(0x646f72616e646f6d),
                     key->low ^ UINT64_C(0x6c7967656e657261),
                     key->high ^ UINT64_C(0x7465646279746573)};
    uint64_t last = (uint64_t)length << 56;

    for (; length >= 8; length -= 8, bytes += 8)
        absorb(v, little_endian(bytes, 8));
    absorb(v, last | little_endian(bytes, length));
    v[2] ^= 0xff;
    mix(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

int token_key_begin(struct token_key *key) {
    return uv_random(NULL, NULL, key, sizeof *key, 0, NULL);
}

size_t token_address(const dgram_address *address, unsigned char *bytes) {
    if (address->any.sa_family == AF_INET6) {
        bytes_put(bytes, address->v6.sin6_scope_id, 4);
        memcpy(bytes + 4, &address->v6.sin6_port, 2);
        memcpy(bytes + 6, &address->v6.sin6_addr, 16);
        return 22;
    }
    memcpy(bytes, &address->v4.sin_port, 2);
    memcpy(bytes + 2, &address->v4.sin_addr, 4);
    return 6;
}

static uint64_t make(const struct token_key *key, const dgram_address *address,
                     uint64_t flood, uint64_t period) {
    unsigned char bytes[16 + TOKEN_ADDRESS_SIZE];
    uint64_t token;

    bytes_put(bytes, period, 8);
    bytes_put(bytes + 8, flood, 8);
    token = token_hash(key, bytes, 16 + token_address(address, bytes + 16));
    return token != 0 ? token : 1;
}

uint64_t token_make(const struct token_key *key, const dgram_address *address,
                    uint64_t flood, uint64_t now_ms) {
    return make(key, address, flood, now_ms / TOKEN_PERIOD_MS);
}

bool token_is_valid(const struct token_key *key, const dgram_address *address,
                    uint64_t flood, uint64_t now_ms, uint64_t token) {
    uint64_t period = now_ms / TOKEN_PERIOD_MS;

    return token == make(key, address, flood, period) ||
           (period > 0 && token == make(key, address, flood, period - 1));
}
