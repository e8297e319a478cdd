/* Which datagrams are segments of one message. */
#include "gso_batch.h"

static void equal_datagrams_and_a_shorter_last_one_are_a_message(void **state) {
    (void)state;
    gso_add_adjacent("aaaa", 4, 1);
    gso_add_adjacent("bbbb", 4, 1);
    gso_add_adjacent("cc", 2, 1);
    gso_add_adjacent("dd", 2, 1);
    gso_add_adjacent("eeee", 4, 1);
    gso_expect_messages(3);
    gso_expect_message(0, 3, 4, "aaaabbbbcc");
    gso_expect_message(1, 1, 0, "dd");
    gso_expect_message(2, 1, 0, "eeee");
}

static void another_destination_begins_a_message(void **state) {
    (void)state;
    gso_add_adjacent("aaaa", 4, 1);
    gso_add_adjacent("bbbb", 4, 2);
    gso_add_adjacent("cccc", 4, 2);
    gso_expect_messages(2);
    gso_expect_message(0, 1, 0, "aaaa");
    gso_expect_message(1, 2, 4, "bbbbcccc");
    assert_int_equal(dgram_address_port(gso.batch.messages[1].to), 2);
}

static void empty_datagrams_are_single_messages(void **state) {
    (void)state;
    gso_add_adjacent("", 0, 1);
    gso_add_adjacent("", 0, 1);
    gso_add_adjacent("aa", 2, 1);
    gso_add_adjacent("", 0, 1);
    gso_expect_messages(4);
    gso_expect_message(0, 1, 0, "");
    gso_expect_message(2, 1, 0, "aa");
}

static void the_peer_needs_no_address(void **state) {
    dgram_address other = address_of("192.0.2.1", 2);

    (void)state;
    datapath_connected(&gso.dp, &other);
    gso_add_adjacent("aa", 2, 1);
    gso_add_adjacent("bb", 2, 2);
    gso_expect_messages(2);
    assert_non_null(gso.batch.messages[0].to);
    assert_null(gso.batch.messages[1].to);
}

static void datagrams_for_the_peer_are_coalesced(void **state) {
    dgram_address other = address_of("192.0.2.1", 2);

    (void)state;
    datapath_connected(&gso.dp, &other);
    gso_add_adjacent("aa", 2, 2);
    gso_add_adjacent("bb", 2, 2);
    gso.datagrams[0].to = gso.datagrams[1].to = NULL;
    gso_expect_messages(1);
    gso_expect_message(0, 2, 2, "aabb");
    assert_null(gso.batch.messages[0].to);
    gso.cache.used = true;
    gso_cache_refused(&gso.cache, 1, &other, 2, UV_EIO, datapath_now());
    gso_expect_messages(2);
}

static void without_gso_each_datagram_is_a_message(void **state) {
    (void)state;
    gso.dp.segments_max = 1;
    gso_add_adjacent("aaaa", 4, 1);
    gso_add_adjacent("bbbb", 4, 1);
    gso_add_adjacent("cc", 2, 1);
    gso_expect_messages(3);
    gso_expect_message(0, 1, 0, "aaaa");
    gso_expect_message(1, 1, 0, "bbbb");
    gso_expect_message(2, 1, 0, "cc");
}

static void a_limit_makes_more_messages(void **state) {
    (void)state;
    gso.dp.segments_max = 3;
    gso_add_adjacent("aaaa", 4, 1);
    gso_add_adjacent("bbbb", 4, 1);
    gso_add_adjacent("cc", 2, 1);
    gso_expect_messages(1);
    gso_expect_message(0, 3, 4, "aaaabbbbcc");
    gso.dp.segments_max = 2;
    gso_expect_messages(2);
    gso_expect_message(0, 2, 4, "aaaabbbb");
    gso_expect_message(1, 1, 0, "cc");
    gso.first = 1;
    gso_expect_messages(1);
    gso_expect_message(0, 2, 4, "bbbbcc");
}

static void a_message_ends_at_64_and_at_its_longest(void **state) {
    static char bytes[65487];

    (void)state;
    for (int i = 0; i < 65; i++)
        gso_add(bytes, 1, "192.0.2.1", 1);
    gso_expect_messages(2);
    assert_int_equal(gso.batch.datagrams[0], 64);
    gso.first = gso.count;
    for (int i = 0; i < 4; i++) /* three are exactly the longest message */
        gso_add(bytes, 65487 / 3, "192.0.2.1", 1);
    gso_expect_messages(2);
    assert_int_equal(gso.batch.datagrams[0], 3);
    gso.first = gso.count;
    gso_add(bytes, 65487, "192.0.2.1", 1);
    gso_add(bytes, 1, "192.0.2.1", 1);
    gso_expect_messages(2);
}

static void a_refused_message_is_rebuilt_one_by_one(void **state) {
    (void)state;
    gso_add_adjacent("aaaa", 4, 1);
    gso_add_adjacent("bbbb", 4, 1);
    gso_add_adjacent("cccc", 4, 2);
    gso_add_adjacent("dddd", 4, 2);
    gso.dp.refused.left = 2;
    gso_expect_messages(3);
    gso_expect_message(0, 1, 0, "aaaa");
    gso_expect_message(1, 1, 0, "bbbb");
    gso_expect_message(2, 2, 4, "ccccdddd");
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
    gso.dp.policy.local_only = true;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        gso.first = gso.count;
        gso_add("aaaa", 4, hosts[i].text, 9);
        gso_add("aaaa", 4, hosts[i].text, 9);
        gso_expect_messages(hosts[i].local ? 1 : 2);
    }
}

static void a_refused_path_is_honoured_until_it_is_forgotten(void **state) {
    dgram_address to = address_of("192.0.2.1", 99);
    uint64_t now = datapath_now();

    (void)state;
    gso_add_adjacent("aaaa", 4, 1);
    gso_add_adjacent("bbbb", 4, 1);
    gso_cache_refused(&gso.cache, 1, &to, 4, UV_EMSGSIZE, now);
    gso_expect_messages(2);
    gso_cache_refused(&gso.cache, 1, &to, 4, UV_EMSGSIZE, now - 11 * 60 * 1000);
    gso_expect_messages(1);
    gso_cache_refused(&gso.cache, 1, &to, 5, UV_EMSGSIZE, now);
    gso_expect_messages(1);
    gso_cache_refused(&gso.cache, 1, &to, 5, UV_EIO, now);
    gso_expect_messages(2);
    assert_int_equal(gso_cache_segment_size_max(&gso.cache, 1, &to, now), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        GSO_TEST(equal_datagrams_and_a_shorter_last_one_are_a_message),
        GSO_TEST(another_destination_begins_a_message),
        GSO_TEST(empty_datagrams_are_single_messages),
        GSO_TEST(the_peer_needs_no_address),
        GSO_TEST(datagrams_for_the_peer_are_coalesced),
        GSO_TEST(without_gso_each_datagram_is_a_message),
        GSO_TEST(a_limit_makes_more_messages),
        GSO_TEST(a_message_ends_at_64_and_at_its_longest),
        GSO_TEST(a_refused_message_is_rebuilt_one_by_one),
        GSO_TEST(messages_stay_on_this_host_where_others_get_them_corrupted),
        GSO_TEST(a_refused_path_is_honoured_until_it_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
