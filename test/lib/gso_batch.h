/*
 * Datagrams, and the batch of messages that gso.c builds from them.
 */
#ifndef TEST_GSO_BATCH_H
#define TEST_GSO_BATCH_H

#include "harness.h"

#include "datapath/gso.h"

#define DATAGRAMS_MAX 600

extern struct gso_test {
    struct gso_cache cache;
    struct gso_batch batch;
    dgram_datapath dp;
    dgram_address peer;
    dgram_outgoing datagrams[DATAGRAMS_MAX];
    dgram_address addresses[DATAGRAMS_MAX];
    char slab[4096]; /* adjacent payloads */
    const struct send_rules *rules;
    uint32_t max;                   /* messages */
    size_t count, slab_used, first; /* first datagram to build from */
} gso;

/* A test that begins without datagrams, with messages of up to 64 segments. */
#define GSO_TEST(test) cmocka_unit_test_setup(test, gso_begin)
int gso_begin(void **state);

/* Adds a datagram. */
dgram_outgoing *gso_add(const void *payload, size_t length, const char *host,
                        uint16_t port);

/* The same; its payload is adjacent to the previous one. */
void gso_add_adjacent(const char *payload, size_t length, uint16_t port);

/* Builds a batch, which must have this number of messages. */
void gso_expect_messages(uint32_t messages);

/* Checks that a message has this number of datagrams and one part. */
void gso_expect_message(uint32_t message, uint32_t carried,
                        uint32_t segment_size, const char *bytes);

#endif
