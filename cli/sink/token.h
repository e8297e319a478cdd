/* Tokens: a client that returns one has received at its address. The sink keeps
   nothing for those that it gave away. */
#ifndef CLI_SINK_TOKEN_H
#define CLI_SINK_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dgram.h>

/* A token is valid for one to two of these periods, so a client that stays must
   keep receiving. */
#define TOKEN_PERIOD_MS 5000

/* The secret of a process. */
struct token_key {
    uint64_t low, high;
};

/* SipHash-2-4: without the key, the hash of other bytes cannot be guessed. */
uint64_t token_hash(const struct token_key *key, const unsigned char *bytes,
                    size_t length);

/* Fills the key at random. Returns 0 or a negative code. */
int token_key_begin(struct token_key *key);

/* Returns the token of a flood at an address, never 0. */
uint64_t token_make(const struct token_key *key, const dgram_address *address,
                    uint64_t flood, uint64_t now_ms);

bool token_is_valid(const struct token_key *key, const dgram_address *address,
                    uint64_t flood, uint64_t now_ms, uint64_t token);

#define TOKEN_ADDRESS_SIZE 24

/* Writes the parts of a UDP address that make it different from others. Returns
   how many bytes, at most TOKEN_ADDRESS_SIZE. */
size_t token_address(const dgram_address *address, unsigned char *bytes);

#endif
