/* The parts of memory that a message is sent from. */
#include "gso_batch.h"

/* Payloads that are not adjacent have a part each. */
static void payloads_need_not_be_adjacent(void **state) {
    static char payloads[5][4] = {"aax", "bbx", "ccx", "ddx", "ex"};

    (void)state;
    gso.dp.segments_max = 2;
    for (int i = 0; i < 5; i++)
        gso_add(payloads[i], i < 4 ? 2 : 1, "192.0.2.1", 1);
    gso_expect_messages(3);
    for (int i = 0; i < 2; i++) {
        const struct platform_out *out = &gso.batch.messages[i];

        assert_int_equal(out->part_count, 2);
        assert_int_equal(out->segment_size, 2);
        assert_ptr_equal(out->parts[0].iov_base, payloads[2 * i]);
        assert_ptr_equal(out->parts[1].iov_base, payloads[2 * i + 1]);
        assert_int_equal(out->parts[1].iov_len, 2);
    }
    gso_expect_message(2, 1, 0, "e");
}

static void parts_of_one_datagram_stay_in_one_message(void **state) {
    static const dgram_buffer parts[] = {{.base = "aa", .length = 2},
                                         {.base = NULL, .length = 0},
                                         {.base = "b", .length = 1}};

    (void)state;
    for (int i = 0; i < 2; i++) {
        dgram_outgoing *added = gso_add(NULL, 0, "192.0.2.1", 1);

        added->parts = parts;
        added->part_count = 3;
    }
    gso_add_adjacent("ccc", 3, 1);
    gso_expect_messages(1);
    assert_int_equal(gso.batch.datagrams[0], 3);
    assert_int_equal(gso.batch.messages[0].segment_size, 3);
    assert_int_equal(gso.batch.messages[0].part_count, 7);
    assert_int_equal(gso.batch.messages[0].parts[2].iov_len, 1);
    assert_ptr_equal(gso.batch.messages[0].parts[3].iov_base, parts[0].base);
    assert_int_equal(gso.batch.messages[0].parts[6].iov_len, 3);
}

/* More parts than a batch has space for: the caller's array is used. */
static void many_parts_are_taken_from_the_caller(void **state) {
    static dgram_buffer parts[GSO_PARTS_MAX + 1];
    dgram_outgoing *added;

    (void)state;
    for (size_t i = 0; i <= GSO_PARTS_MAX; i++)
        parts[i] = (dgram_buffer){.base = &gso.slab[2 * i], .length = 1};
    gso_add_adjacent("aa", 2, 2);
    added = gso_add(NULL, 0, "192.0.2.1", 1);
    added->parts = parts;
    added->part_count = GSO_PARTS_MAX + 1;
    gso_add_adjacent("bb", 2, 3);
    gso_expect_messages(1); /* the first one: no space behind it */
    gso.first = 1;
    gso_expect_messages(2);
    assert_ptr_equal(gso.batch.messages[0].parts, parts);
    assert_int_equal(gso.batch.messages[0].part_count, GSO_PARTS_MAX + 1);
}

static void parts_of_all_messages_are_limited(void **state) {
    static char payloads[256][2];
    static dgram_buffer four[256][4];

    (void)state;
    for (size_t i = 0; i < 256; i++) {
        dgram_outgoing *added = gso_add(NULL, 0, "192.0.2.1", 1);

        for (int k = 0; k < 4; k++)
            four[i][k] = (dgram_buffer){.base = payloads[i], .length = 1};
        added->parts = four[i];
        added->part_count = 4;
    }
    gso_expect_messages(2); /* of 64 datagrams each */
    assert_int_equal(gso.batch.part_count, GSO_PARTS_MAX);
    assert_int_equal(gso.batch.datagrams[1], 64);
}

static void single_payloads_of_all_messages_are_limited(void **state) {
    static char payloads[DATAGRAMS_MAX][2]; /* not adjacent */

    (void)state;
    for (size_t i = 0; i < DATAGRAMS_MAX; i++)
        gso_add(payloads[i], 1, "192.0.2.1", 1);
    gso_expect_messages(GSO_PARTS_MAX / 64);
    assert_int_equal(gso.batch.part_count, GSO_PARTS_MAX);
    gso.dp.segments_max = 60;
    gso_expect_messages(9);
    assert_int_equal(gso.batch.datagrams[8], GSO_PARTS_MAX - 8 * 60);
    assert_int_equal(gso.batch.messages[8].part_count, GSO_PARTS_MAX - 8 * 60);
}

/* Adjacent payloads to one `to` are one part, however many they are. */
static void add_equal(int number, size_t length) {
    static dgram_address one;

    one = address_of("192.0.2.1", 1);
    for (int i = 0; i < number; i++) {
        gso_add(gso.slab + gso.slab_used, length, "192.0.2.1", 1)->to = &one;
        gso.slab_used += length;
    }
}

static void adjacent_payloads_are_one_part(void **state) {
    (void)state;
    memcpy(gso.slab, "aabbccddeef", 11);
    add_equal(5, 2);
    add_equal(1, 1);
    gso_expect_messages(1);
    gso_expect_message(0, 6, 2, "aabbccddeef");
    gso.dp.segments_max = 4;
    gso_expect_messages(2);
    gso_expect_message(0, 4, 2, "aabbccdd");
    gso_expect_message(1, 2, 2, "eef");
    gso.dp.segments_max = 2;
    gso_expect_messages(3);
    gso_expect_message(0, 2, 2, "aabb");
    gso_expect_message(2, 2, 2, "eef");
    gso.dp.segments_max = 1;
    gso_expect_messages(6);
    gso_expect_message(0, 1, 0, "aa");
    gso.dp.segments_max = 64;
    gso.cache.used = true;
    gso_cache_refused(&gso.cache, 1, gso.datagrams[0].to, 2, UV_EMSGSIZE,
                      datapath_now());
    gso_expect_messages(6);
    gso_expect_message(1, 1, 0, "bb");
}

static void adjacent_payloads_end_at_what_differs(void **state) {
    static char apart[] = "dd";
    dgram_address same = address_of("192.0.2.1", 1);
    dgram_address other = address_of("192.0.2.1", 2);

    (void)state;
    memcpy(gso.slab, "aabbccdd", 8);
    add_equal(4, 2);
    gso.datagrams[2].to = &other; /* with bytes adjacent to those before */
    gso_expect_messages(3);
    gso_expect_message(0, 2, 2, "aabb");
    gso_expect_message(1, 1, 0, "cc");
    gso_expect_message(2, 1, 0, "dd");
    gso.datagrams[2].to = &same; /* another pointer to the same address */
    gso_expect_messages(1);
    gso_expect_message(0, 4, 2, "aabbccdd");
    gso.datagrams[2].flags = DGRAM_NO_COPY;
    gso_expect_messages(1);
    gso_expect_message(0, 4, 2, "aabbccdd");
    gso.datagrams[2].host = "127.0.0.1"; /* invalid */
    gso_expect_messages(1);
    gso_expect_message(0, 2, 2, "aabb");
    gso.datagrams[2].host = NULL;
    gso.datagrams[3].payload = apart;
    gso_expect_messages(1);
    assert_int_equal(gso.batch.datagrams[0], 4);
    assert_int_equal(gso.batch.messages[0].part_count, 2);
    assert_ptr_equal(gso.batch.messages[0].parts[1].iov_base, apart);
    assert_int_equal(gso.batch.messages[0].parts[0].iov_len, 6);
}

static void adjacent_payloads_end_at_the_longest_message(void **state) {
    static char bytes[4 * (65487 / 3)];
    static dgram_address one;

    (void)state;
    one = address_of("192.0.2.1", 1);
    for (size_t i = 0; i < 4; i++)
        gso_add(bytes + i * (65487 / 3), 65487 / 3, "192.0.2.1", 1)->to = &one;
    gso_expect_messages(2);
    assert_int_equal(gso.batch.datagrams[0], 3);
    assert_int_equal(gso.batch.messages[0].parts[0].iov_len, 65487);
    assert_int_equal(gso.batch.messages[1].parts[0].iov_len, 65487 / 3);
    gso.count = 0;
    gso_add(bytes, 65487 / 2 + 1, "192.0.2.1", 1)->to = &one;
    gso_add(bytes + 65487 / 2 + 1, 65487 / 2 + 1, "192.0.2.1", 1)->to = &one;
    gso_expect_messages(2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        GSO_TEST(payloads_need_not_be_adjacent),
        GSO_TEST(parts_of_one_datagram_stay_in_one_message),
        GSO_TEST(many_parts_are_taken_from_the_caller),
        GSO_TEST(parts_of_all_messages_are_limited),
        GSO_TEST(single_payloads_of_all_messages_are_limited),
        GSO_TEST(adjacent_payloads_are_one_part),
        GSO_TEST(adjacent_payloads_end_at_what_differs),
        GSO_TEST(adjacent_payloads_end_at_the_longest_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
