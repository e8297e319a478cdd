/* How datagrams become messages for the kernel. */
#include "harness.h"

#include "datapath/gso.h"

#define DATAGRAMS_MAX 600

static struct gso_cache cache;
static struct gso_batch batch;
static dgram_datapath dp;
static dgram_address peer;
static dgram_outgoing datagrams[DATAGRAMS_MAX];
static dgram_address addresses[DATAGRAMS_MAX];
static char slab[4096]; /* adjacent payloads */
static const struct send_rules *rules;
static uint32_t max;                   /* messages */
static size_t count, slab_used, first; /* first datagram to build from */

static int begin(void **state) {
    const struct offload policy = {.segments_max = 64};

    (void)state;
    memset(&cache, 0, sizeof cache);
    memset(datagrams, 0, sizeof datagrams);
    count = slab_used = first = 0;
    rules = NULL;
    max = GSO_MESSAGES_MAX;
    datapath_init(&dp, &policy, &peer, &cache, 1);
    dp.segments_max = 64;
    return 0;
}

static dgram_outgoing *add(const void *payload, size_t length, const char *host,
                           uint16_t port) {
    dgram_outgoing *added = &datagrams[count];

    addresses[count] = address_of(host, port);
    added->to = &addresses[count++];
    added->payload = payload;
    added->length = length;
    return added;
}

/* Its payload is adjacent to the previous one. */
static void push(const char *payload, size_t length, uint16_t port) {
    memcpy(slab + slab_used, payload, length);
    add(slab + slab_used, length, "192.0.2.1", port);
    slab_used += length;
}

static void build(uint32_t messages) {
    memset(&batch, 0xa5, sizeof batch);
    gso_build(&batch, &dp, rules, datagrams + first, count - first, max);
    assert_int_equal(batch.count, messages);
}

static void check(uint32_t message, uint32_t carried, uint32_t segment_size,
                  const char *bytes) {
    const struct platform_out *out = &batch.messages[message];

    assert_int_equal(batch.datagrams[message], carried);
    assert_int_equal(out->segment_size, segment_size);
    assert_int_equal(out->part_count, 1);
    assert_int_equal(out->parts[0].iov_len, strlen(bytes));
    assert_memory_equal(out->parts[0].iov_base, bytes, strlen(bytes));
}

static void equal_datagrams_and_a_shorter_last_one_are_a_message(void **state) {
    (void)state;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    push("cc", 2, 1);
    push("dd", 2, 1);
    push("eeee", 4, 1);
    build(3);
    check(0, 3, 4, "aaaabbbbcc");
    check(1, 1, 0, "dd");
    check(2, 1, 0, "eeee");
}

static void another_destination_begins_a_message(void **state) {
    (void)state;
    push("aaaa", 4, 1);
    push("bbbb", 4, 2);
    push("cccc", 4, 2);
    build(2);
    check(0, 1, 0, "aaaa");
    check(1, 2, 4, "bbbbcccc");
    assert_int_equal(dgram_address_port(batch.messages[1].to), 2);
}

static void empty_datagrams_are_single_messages(void **state) {
    (void)state;
    push("", 0, 1);
    push("", 0, 1);
    push("aa", 2, 1);
    push("", 0, 1);
    build(4);
    check(0, 1, 0, "");
    check(2, 1, 0, "aa");
}

static void the_peer_needs_no_address(void **state) {
    dgram_address other = address_of("192.0.2.1", 2);

    (void)state;
    datapath_connected(&dp, &other);
    push("aa", 2, 1);
    push("bb", 2, 2);
    build(2);
    assert_non_null(batch.messages[0].to);
    assert_null(batch.messages[1].to);
}

static void datagrams_for_the_peer_are_coalesced(void **state) {
    dgram_address other = address_of("192.0.2.1", 2);

    (void)state;
    datapath_connected(&dp, &other);
    push("aa", 2, 2);
    push("bb", 2, 2);
    datagrams[0].to = datagrams[1].to = NULL;
    build(1);
    check(0, 2, 2, "aabb");
    assert_null(batch.messages[0].to);
    cache.used = true;
    gso_cache_refused(&cache, 1, &other, 2, UV_EIO, datapath_now());
    build(2);
}

static void without_gso_each_datagram_is_a_message(void **state) {
    (void)state;
    dp.segments_max = 1;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    push("cc", 2, 1);
    build(3);
    check(0, 1, 0, "aaaa");
    check(1, 1, 0, "bbbb");
    check(2, 1, 0, "cc");
}

static void a_limit_makes_more_messages(void **state) {
    (void)state;
    dp.segments_max = 3;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    push("cc", 2, 1);
    build(1);
    check(0, 3, 4, "aaaabbbbcc");
    dp.segments_max = 2;
    build(2);
    check(0, 2, 4, "aaaabbbb");
    check(1, 1, 0, "cc");
    first = 1;
    build(1);
    check(0, 2, 4, "bbbbcc");
}

static void a_message_ends_at_64_and_at_its_longest(void **state) {
    static char bytes[65487];

    (void)state;
    for (int i = 0; i < 65; i++)
        add(bytes, 1, "192.0.2.1", 1);
    build(2);
    assert_int_equal(batch.datagrams[0], 64);
    first = count;
    for (int i = 0; i < 4; i++) /* three are exactly the longest message */
        add(bytes, 65487 / 3, "192.0.2.1", 1);
    build(2);
    assert_int_equal(batch.datagrams[0], 3);
    first = count;
    add(bytes, 65487, "192.0.2.1", 1);
    add(bytes, 1, "192.0.2.1", 1);
    build(2);
}

/* Payloads that are not adjacent have a part each. */
static void payloads_need_not_be_adjacent(void **state) {
    static char payloads[5][4] = {"aax", "bbx", "ccx", "ddx", "ex"};

    (void)state;
    dp.segments_max = 2;
    for (int i = 0; i < 5; i++)
        add(payloads[i], i < 4 ? 2 : 1, "192.0.2.1", 1);
    build(3);
    for (int i = 0; i < 2; i++) {
        const struct platform_out *out = &batch.messages[i];

        assert_int_equal(out->part_count, 2);
        assert_int_equal(out->segment_size, 2);
        assert_ptr_equal(out->parts[0].iov_base, payloads[2 * i]);
        assert_ptr_equal(out->parts[1].iov_base, payloads[2 * i + 1]);
        assert_int_equal(out->parts[1].iov_len, 2);
    }
    check(2, 1, 0, "e");
}

static void parts_of_one_datagram_stay_in_one_message(void **state) {
    static const dgram_buffer parts[] = {{.base = "aa", .length = 2},
                                         {.base = NULL, .length = 0},
                                         {.base = "b", .length = 1}};

    (void)state;
    for (int i = 0; i < 2; i++) {
        dgram_outgoing *added = add(NULL, 0, "192.0.2.1", 1);

        added->parts = parts;
        added->part_count = 3;
    }
    push("ccc", 3, 1);
    build(1);
    assert_int_equal(batch.datagrams[0], 3);
    assert_int_equal(batch.messages[0].segment_size, 3);
    assert_int_equal(batch.messages[0].part_count, 7);
    assert_int_equal(batch.messages[0].parts[2].iov_len, 1);
    assert_ptr_equal(batch.messages[0].parts[3].iov_base, parts[0].base);
    assert_int_equal(batch.messages[0].parts[6].iov_len, 3);
}

/* More parts than a batch has space for: the caller's array is used. */
static void many_parts_are_taken_from_the_caller(void **state) {
    static dgram_buffer parts[GSO_PARTS_MAX + 1];
    dgram_outgoing *added;

    (void)state;
    for (size_t i = 0; i <= GSO_PARTS_MAX; i++)
        parts[i] = (dgram_buffer){.base = &slab[2 * i], .length = 1};
    push("aa", 2, 2);
    added = add(NULL, 0, "192.0.2.1", 1);
    added->parts = parts;
    added->part_count = GSO_PARTS_MAX + 1;
    push("bb", 2, 3);
    build(1); /* the first one: no space behind it */
    first = 1;
    build(2);
    assert_ptr_equal(batch.messages[0].parts, parts);
    assert_int_equal(batch.messages[0].part_count, GSO_PARTS_MAX + 1);
}

static void parts_of_all_messages_are_limited(void **state) {
    static char payloads[256][2];
    static dgram_buffer four[256][4];

    (void)state;
    for (size_t i = 0; i < 256; i++) {
        dgram_outgoing *added = add(NULL, 0, "192.0.2.1", 1);

        for (int k = 0; k < 4; k++)
            four[i][k] = (dgram_buffer){.base = payloads[i], .length = 1};
        added->parts = four[i];
        added->part_count = 4;
    }
    build(2); /* of 64 datagrams each */
    assert_int_equal(batch.part_count, GSO_PARTS_MAX);
    assert_int_equal(batch.datagrams[1], 64);
}

static void single_payloads_of_all_messages_are_limited(void **state) {
    static char payloads[DATAGRAMS_MAX][2]; /* not adjacent */

    (void)state;
    for (size_t i = 0; i < DATAGRAMS_MAX; i++)
        add(payloads[i], 1, "192.0.2.1", 1);
    build(GSO_PARTS_MAX / 64);
    assert_int_equal(batch.part_count, GSO_PARTS_MAX);
    dp.segments_max = 60;
    build(9);
    assert_int_equal(batch.datagrams[8], GSO_PARTS_MAX - 8 * 60);
    assert_int_equal(batch.messages[8].part_count, GSO_PARTS_MAX - 8 * 60);
}

static void a_refused_message_is_rebuilt_one_by_one(void **state) {
    (void)state;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    push("cccc", 4, 2);
    push("dddd", 4, 2);
    dp.refused.left = 2;
    build(3);
    check(0, 1, 0, "aaaa");
    check(1, 1, 0, "bbbb");
    check(2, 2, 4, "ccccdddd");
}

static void messages_stay_on_this_host_where_others_get_them_corrupted(
    void **state) {
    static const struct {
        const char *text;
        bool local;
    } hosts[] = {{"127.0.0.1", true},
                 {"127.255.3.4", true},
                 {"::1", true},
                 {"::ffff:127.0.0.1", true},
                 {"128.0.0.1", false},
                 {"192.0.2.1", false},
                 {"::ffff:192.0.2.1", false},
                 {"::127.0.0.1", false},
                 {"fe80::1", false},
                 {"ff01::1", false},
                 {"224.0.0.1", false},
                 {"0.0.0.0", false}};

    (void)state;
    dp.policy.local_only = true;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        first = count;
        add("aaaa", 4, hosts[i].text, 9);
        add("aaaa", 4, hosts[i].text, 9);
        build(hosts[i].local ? 1 : 2);
    }
}

static void a_batch_ends_where_it_is_full(void **state) {
    (void)state;
    dp.segments_max = 1;
    push("first", 5, 2);
    for (uint32_t i = 0; i < GSO_MESSAGES_MAX; i++)
        push("aaaa", 4, 1);
    push("bb", 2, 3);
    build(GSO_MESSAGES_MAX);
    first = 1 + GSO_MESSAGES_MAX;
    build(1);
    check(0, 1, 0, "bb");
}

static void a_batch_can_be_limited(void **state) {
    (void)state;
    max = 2;
    for (uint16_t port = 1; port <= 3; port++)
        push("aa", 2, port);
    build(2);
    assert_int_equal(batch.part_count, 2);
}

static void check_refused(const dgram_outgoing *datagram, int code) {
    assert_int_equal(gso_check(datagram), code);
    datagrams[count++] = *datagram;
    push("bbbb", 4, 1);
    first = count - 3;
    build(1);
    assert_int_equal(batch.datagrams[0], 1);
    first++;
    build(0);
}

static void a_batch_ends_before_an_invalid_datagram(void **state) {
    static const dgram_buffer no_bytes = {.base = NULL, .length = 1};
    static const dgram_buffer second_bad[] = {{.base = slab, .length = 1},
                                              {.base = NULL, .length = 1}};
    static const dgram_buffer long_one = {.base = slab, .length = 65528};
    const dgram_outgoing sound = {.payload = slab, .length = 4};
    dgram_outgoing bad = sound;

    (void)state;
    push("aaaa", 4, 1);
    bad.host = "127.0.0.1";
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = sound;
    bad.flags = 2;
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = sound;
    bad.reserved = slab;
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
    bad.payload = slab;
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = sound;
    bad.payload = NULL;
    bad.length = 1;
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
    bad = (dgram_outgoing){.parts = second_bad, .part_count = 2};
    check_refused(&bad, DGRAM_ERR_INVALID_ARG_VALUE);
}

static void the_longest_and_the_empty_are_valid(void **state) {
    const dgram_buffer parts[] = {{.base = slab, .length = 65527},
                                  {.base = NULL, .length = 0}};
    dgram_outgoing good = {.payload = slab, .length = 65527};

    (void)state;
    assert_int_equal(gso_check(&good), 0);
    good.flags = DGRAM_NO_COPY;
    assert_int_equal(gso_check(&good), 0);
    good = (dgram_outgoing){.parts = parts, .part_count = 2};
    assert_int_equal(gso_check(&good), 0);
    good = (dgram_outgoing){.payload = NULL};
    assert_int_equal(gso_check(&good), 0);
    good = (dgram_outgoing){.parts = parts, .part_count = 0};
    assert_int_equal(gso_check(&good), 0);
}

static void a_refused_path_is_honoured_until_it_is_forgotten(void **state) {
    dgram_address to = address_of("192.0.2.1", 99);
    uint64_t now = datapath_now();

    (void)state;
    push("aaaa", 4, 1);
    push("bbbb", 4, 1);
    gso_cache_refused(&cache, 1, &to, 4, UV_EMSGSIZE, now);
    build(2);
    gso_cache_refused(&cache, 1, &to, 4, UV_EMSGSIZE, now - 11 * 60 * 1000);
    build(1);
    gso_cache_refused(&cache, 1, &to, 5, UV_EMSGSIZE, now);
    build(1);
    gso_cache_refused(&cache, 1, &to, 5, UV_EIO, now);
    build(2);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, now), 0);
}

/* Adjacent payloads to one `to` are one part, however many they are. */
static void add_adjacent(int number, size_t length) {
    static dgram_address one;

    one = address_of("192.0.2.1", 1);
    for (int i = 0; i < number; i++) {
        add(slab + slab_used, length, "192.0.2.1", 1)->to = &one;
        slab_used += length;
    }
}

static void adjacent_payloads_are_one_part(void **state) {
    (void)state;
    memcpy(slab, "aabbccddeef", 11);
    add_adjacent(5, 2);
    add_adjacent(1, 1);
    build(1);
    check(0, 6, 2, "aabbccddeef");
    dp.segments_max = 4;
    build(2);
    check(0, 4, 2, "aabbccdd");
    check(1, 2, 2, "eef");
    dp.segments_max = 2;
    build(3);
    check(0, 2, 2, "aabb");
    check(2, 2, 2, "eef");
    dp.segments_max = 1;
    build(6);
    check(0, 1, 0, "aa");
    dp.segments_max = 64;
    cache.used = true;
    gso_cache_refused(&cache, 1, datagrams[0].to, 2, UV_EMSGSIZE,
                      datapath_now());
    build(6);
    check(1, 1, 0, "bb");
}

static void adjacent_payloads_end_at_what_differs(void **state) {
    static char apart[] = "dd";
    dgram_address same = address_of("192.0.2.1", 1);
    dgram_address other = address_of("192.0.2.1", 2);

    (void)state;
    memcpy(slab, "aabbccdd", 8);
    add_adjacent(4, 2);
    datagrams[2].to = &other; /* with bytes adjacent to those before */
    build(3);
    check(0, 2, 2, "aabb");
    check(1, 1, 0, "cc");
    check(2, 1, 0, "dd");
    datagrams[2].to = &same; /* another pointer to the same address */
    build(1);
    check(0, 4, 2, "aabbccdd");
    datagrams[2].flags = DGRAM_NO_COPY;
    build(1);
    check(0, 4, 2, "aabbccdd");
    datagrams[2].host = "127.0.0.1"; /* invalid */
    build(1);
    check(0, 2, 2, "aabb");
    datagrams[2].host = NULL;
    datagrams[3].payload = apart;
    build(1);
    assert_int_equal(batch.datagrams[0], 4);
    assert_int_equal(batch.messages[0].part_count, 2);
    assert_ptr_equal(batch.messages[0].parts[1].iov_base, apart);
    assert_int_equal(batch.messages[0].parts[0].iov_len, 6);
}

static void adjacent_payloads_end_at_the_longest_message(void **state) {
    static char bytes[4 * (65487 / 3)];
    static dgram_address one;

    (void)state;
    one = address_of("192.0.2.1", 1);
    for (size_t i = 0; i < 4; i++)
        add(bytes + i * (65487 / 3), 65487 / 3, "192.0.2.1", 1)->to = &one;
    build(2);
    assert_int_equal(batch.datagrams[0], 3);
    assert_int_equal(batch.messages[0].parts[0].iov_len, 65487);
    assert_int_equal(batch.messages[1].parts[0].iov_len, 65487 / 3);
    count = 0;
    add(bytes, 65487 / 2 + 1, "192.0.2.1", 1)->to = &one;
    add(bytes + 65487 / 2 + 1, 65487 / 2 + 1, "192.0.2.1", 1)->to = &one;
    build(2);
}

#define BUILT(test) cmocka_unit_test_setup(test, begin)

static void a_batch_ends_before_a_datagram_that_breaks_the_rules(void **state) {
    static const struct send_rules of_ipv4 = {.family = AF_INET};
    static const dgram_buffer part = {.base = "b", .length = 1};

    (void)state;
    rules = &of_ipv4;
    for (int i = 0; i < 5; i++)
        push("a", 1, 1);
    build(1);
    datagrams[4].flags = DGRAM_NO_COPY;
    build(1);
    assert_int_equal(batch.datagrams[0], 4);
    datagrams[3].payload = NULL;
    datagrams[3].parts = &part;
    datagrams[3].part_count = 1;
    build(1);
    assert_int_equal(batch.datagrams[0], 3);
    addresses[2] = address_of("192.0.2.2", 0);
    build(1);
    assert_int_equal(batch.datagrams[0], 2);
    addresses[1] = address_of("2001:db8::1", 1);
    build(1);
    assert_int_equal(batch.datagrams[0], 1);
    datagrams[0].to = NULL;
    build(0);
}

static void rules_leave_the_destination_of_a_connected_descriptor_to_it(
    void **state) {
    static const struct send_rules of_ipv4 = {.family = AF_INET};

    (void)state;
    rules = &of_ipv4;
    peer = address_of("192.0.2.1", 1);
    dp.connected = true;
    push("a", 1, 1);
    push("a", 1, 1);
    datagrams[0].to = NULL;
    build(1);
    assert_int_equal(batch.datagrams[0], 1);
    datagrams[1].to = NULL;
    build(1);
    assert_int_equal(batch.datagrams[0], 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BUILT(equal_datagrams_and_a_shorter_last_one_are_a_message),
        BUILT(another_destination_begins_a_message),
        BUILT(empty_datagrams_are_single_messages),
        BUILT(the_peer_needs_no_address),
        BUILT(datagrams_for_the_peer_are_coalesced),
        BUILT(without_gso_each_datagram_is_a_message),
        BUILT(a_limit_makes_more_messages),
        BUILT(a_message_ends_at_64_and_at_its_longest),
        BUILT(payloads_need_not_be_adjacent),
        BUILT(parts_of_one_datagram_stay_in_one_message),
        BUILT(many_parts_are_taken_from_the_caller),
        BUILT(parts_of_all_messages_are_limited),
        BUILT(single_payloads_of_all_messages_are_limited),
        BUILT(a_refused_message_is_rebuilt_one_by_one),
        BUILT(messages_stay_on_this_host_where_others_get_them_corrupted),
        BUILT(a_batch_ends_where_it_is_full),
        BUILT(a_batch_can_be_limited),
        BUILT(a_batch_ends_before_an_invalid_datagram),
        BUILT(the_longest_and_the_empty_are_valid),
        BUILT(a_batch_ends_before_a_datagram_that_breaks_the_rules),
        BUILT(rules_leave_the_destination_of_a_connected_descriptor_to_it),
        BUILT(a_refused_path_is_honoured_until_it_is_forgotten),
        BUILT(adjacent_payloads_are_one_part),
        BUILT(adjacent_payloads_end_at_what_differs),
        BUILT(adjacent_payloads_end_at_the_longest_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
