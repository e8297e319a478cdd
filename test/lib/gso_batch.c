#include "gso_batch.h"

struct gso_test gso;

int gso_begin(void **state) {
    const struct offload policy = {.segments_max = 64};

    (void)state;
    memset(&gso.cache, 0, sizeof gso.cache);
    memset(gso.datagrams, 0, sizeof gso.datagrams);
    gso.count = gso.slab_used = gso.first = 0;
    gso.rules = NULL;
    gso.max = GSO_MESSAGES_MAX;
    datapath_init(&gso.dp, &policy, &gso.peer, &gso.cache, 1);
    gso.dp.segments_max = 64;
    return 0;
}

dgram_outgoing *gso_add(const void *payload, size_t length, const char *host,
                        uint16_t port) {
    dgram_outgoing *added = &gso.datagrams[gso.count];

    gso.addresses[gso.count] = address_of(host, port);
    added->to = &gso.addresses[gso.count++];
    added->payload = payload;
    added->length = length;
    return added;
}

void gso_add_adjacent(const char *payload, size_t length, uint16_t port) {
    memcpy(gso.slab + gso.slab_used, payload, length);
    gso_add(gso.slab + gso.slab_used, length, "192.0.2.1", port);
    gso.slab_used += length;
}

void gso_expect_messages(uint32_t messages) {
    memset(&gso.batch, 0xa5, sizeof gso.batch);
    gso_build(&gso.batch, &gso.dp, gso.rules, gso.datagrams + gso.first,
              gso.count - gso.first, gso.max);
    assert_int_equal(gso.batch.count, messages);
}

void gso_expect_message(uint32_t message, uint32_t carried,
                        uint32_t segment_size, const char *bytes) {
    const struct platform_out *out = &gso.batch.messages[message];

    assert_int_equal(gso.batch.datagrams[message], carried);
    assert_int_equal(out->segment_size, segment_size);
    assert_int_equal(out->part_count, 1);
    assert_int_equal(out->parts[0].iov_len, strlen(bytes));
    assert_memory_equal(out->parts[0].iov_base, bytes, strlen(bytes));
}
