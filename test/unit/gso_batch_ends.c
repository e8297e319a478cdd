/* Where a batch ends: when it is full, and before a datagram that is invalid or
   against the rules of the caller. */
#include "gso_batch.h"

static void a_batch_ends_where_it_is_full(void **state) {
    (void)state;
    gso.dp.segments_max = 1;
    gso_add_adjacent("first", 5, 2);
    for (uint32_t i = 0; i < GSO_MESSAGES_MAX; i++)
        gso_add_adjacent("aaaa", 4, 1);
    gso_add_adjacent("bb", 2, 3);
    gso_expect_messages(GSO_MESSAGES_MAX);
    gso.first = 1 + GSO_MESSAGES_MAX;
    gso_expect_messages(1);
    gso_expect_message(0, 1, 0, "bb");
}

static void a_batch_can_be_limited(void **state) {
    (void)state;
    gso.max = 2;
    for (uint16_t port = 1; port <= 3; port++)
        gso_add_adjacent("aa", 2, port);
    gso_expect_messages(2);
    assert_int_equal(gso.batch.part_count, 2);
}

static void check_refused(const dgram_outgoing *datagram, int code) {
    assert_int_equal(gso_check(&gso.dp, datagram), code);
    gso.datagrams[gso.count++] = *datagram;
    gso_add_adjacent("bbbb", 4, 1);
    gso.first = gso.count - 3;
    gso_expect_messages(1);
    assert_int_equal(gso.batch.datagrams[0], 1);
    gso.first++;
    gso_expect_messages(0);
}

static void a_batch_ends_before_an_invalid_datagram(void **state) {
    static const dgram_buffer no_bytes = {.base = NULL, .length = 1};
    static const dgram_buffer second_bad[] = {{.base = gso.slab, .length = 1},
                                              {.base = NULL, .length = 1}};
    static const dgram_buffer long_one = {.base = gso.slab, .length = 65528};
    const dgram_outgoing sound = {.payload = gso.slab, .length = 4};
    dgram_outgoing bad = sound;

    (void)state;
    gso_add_adjacent("aaaa", 4, 1);
    bad.host = "127.0.0.1";
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = sound;
    bad.flags = 2;
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = sound;
    bad.info = (const dgram_send_info *)(const void *)gso.slab;
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = sound;
    bad.payload = NULL;
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = sound;
    bad.length = 65528;
    check_refused(&bad, UV_EMSGSIZE);
    bad = (dgram_outgoing){.parts = &no_bytes, .part_count = 1};
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = (dgram_outgoing){.parts = &long_one, .part_count = 1};
    check_refused(&bad, UV_EMSGSIZE);
    bad = (dgram_outgoing){.parts = &no_bytes, .part_count = 1};
    bad.payload = gso.slab;
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = sound;
    bad.payload = NULL;
    bad.length = 1;
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = (dgram_outgoing){.parts = second_bad, .part_count = 2};
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
}

static void the_longest_and_the_empty_are_valid(void **state) {
    const dgram_buffer parts[] = {{.base = gso.slab, .length = 65527},
                                  {.base = NULL, .length = 0}};
    dgram_outgoing good = {.payload = gso.slab, .length = 65527};

    (void)state;
    assert_int_equal(gso_check(&gso.dp, &good), 0);
    good.flags = DGRAM_NO_COPY;
    assert_int_equal(gso_check(&gso.dp, &good), 0);
    good = (dgram_outgoing){.parts = parts, .part_count = 2};
    assert_int_equal(gso_check(&gso.dp, &good), 0);
    good = (dgram_outgoing){.payload = NULL};
    assert_int_equal(gso_check(&gso.dp, &good), 0);
    good = (dgram_outgoing){.parts = parts, .part_count = 0};
    assert_int_equal(gso_check(&gso.dp, &good), 0);
}

static void a_batch_ends_before_a_datagram_that_breaks_the_rules(void **state) {
    static const struct send_rules of_ipv4 = {.family = AF_INET};
    static const dgram_buffer part = {.base = "b", .length = 1};

    (void)state;
    gso.rules = &of_ipv4;
    for (int i = 0; i < 5; i++)
        gso_add_adjacent("a", 1, 1);
    gso_expect_messages(1);
    gso.datagrams[4].flags = DGRAM_NO_COPY;
    gso_expect_messages(1);
    assert_int_equal(gso.batch.datagrams[0], 4);
    gso.datagrams[3].payload = NULL;
    gso.datagrams[3].parts = &part;
    gso.datagrams[3].part_count = 1;
    gso_expect_messages(1);
    assert_int_equal(gso.batch.datagrams[0], 3);
    gso.addresses[2] = address_of("192.0.2.2", 0);
    gso_expect_messages(1);
    assert_int_equal(gso.batch.datagrams[0], 2);
    gso.addresses[1] = address_of("2001:db8::1", 1);
    gso_expect_messages(1);
    assert_int_equal(gso.batch.datagrams[0], 1);
    gso.datagrams[0].to = NULL;
    gso_expect_messages(0);
}

static void rules_leave_the_destination_of_a_connected_descriptor_to_it(
    void **state) {
    static const struct send_rules of_ipv4 = {.family = AF_INET};

    (void)state;
    gso.rules = &of_ipv4;
    gso.peer = address_of("192.0.2.1", 1);
    gso.dp.connected = true;
    gso_add_adjacent("a", 1, 1);
    gso_add_adjacent("a", 1, 1);
    gso.datagrams[0].to = NULL;
    gso_expect_messages(1);
    assert_int_equal(gso.batch.datagrams[0], 1);
    gso.datagrams[1].to = NULL;
    gso_expect_messages(1);
    assert_int_equal(gso.batch.datagrams[0], 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        GSO_TEST(a_batch_ends_where_it_is_full),
        GSO_TEST(a_batch_can_be_limited),
        GSO_TEST(a_batch_ends_before_an_invalid_datagram),
        GSO_TEST(the_longest_and_the_empty_are_valid),
        GSO_TEST(a_batch_ends_before_a_datagram_that_breaks_the_rules),
        GSO_TEST(rules_leave_the_destination_of_a_connected_descriptor_to_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
