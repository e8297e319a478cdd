/* Datagrams with equal information are segments of one message, those with
   different information are not. */
#include "gso_batch.h"

static const dgram_send_info tos = {.set = DGRAM_INFO_TOS, .tos = 1};
static const dgram_send_info same_tos = {
    .set = DGRAM_INFO_TOS, .tos = 1, .ttl = 9, .interface_index = 4};
static const dgram_send_info other_tos = {.set = DGRAM_INFO_TOS, .tos = 2};
static const dgram_send_info nothing = {.tos = 3};

static void add(const char *payload, const dgram_send_info *info) {
    gso_add_adjacent(payload, strlen(payload), 1);
    gso.datagrams[gso.count - 1].info = info;
}

static void equal_information_is_one_message(void **state) {
    (void)state;
    add("aa", &tos);
    add("bb", &tos);
    add("cc", &same_tos);
    gso_expect_messages(1);
    gso_expect_message(0, 3, 2, "aabbcc");
    assert_ptr_equal(gso.batch.messages[0].info, &tos);
    assert_int_equal(dgram_address_port(gso.batch.messages[0].info_to), 1);
}

static void other_information_begins_a_message(void **state) {
    (void)state;
    add("aa", &tos);
    add("bb", &other_tos);
    add("cc", &other_tos);
    add("dd", NULL);
    add("ee", NULL);
    add("ff", &tos);
    gso_expect_messages(4);
    gso_expect_message(0, 1, 0, "aa");
    gso_expect_message(1, 2, 2, "bbcc");
    gso_expect_message(2, 2, 2, "ddee");
    gso_expect_message(3, 1, 0, "ff");
    assert_ptr_equal(gso.batch.messages[1].info, &other_tos);
    assert_null(gso.batch.messages[2].info);
}

static void information_with_nothing_set_is_none(void **state) {
    (void)state;
    add("aa", NULL);
    add("bb", &nothing);
    add("cc", NULL);
    gso_expect_messages(1);
    gso_expect_message(0, 3, 2, "aabbcc");
}

static void a_refused_message_keeps_the_information(void **state) {
    (void)state;
    add("aa", &tos);
    add("bb", &tos);
    gso.dp.refused.left = 2;
    gso_expect_messages(2);
    assert_ptr_equal(gso.batch.messages[0].info, &tos);
    assert_ptr_equal(gso.batch.messages[1].info, &tos);
}

static void the_peer_is_where_it_goes(void **state) {
    dgram_address peer = address_of("192.0.2.9", 9);

    (void)state;
    datapath_connected(&gso.dp, &peer);
    add("aa", &tos);
    gso.datagrams[0].to = NULL;
    gso_expect_messages(1);
    assert_null(gso.batch.messages[0].to);
    assert_true(dgram_address_equal(gso.batch.messages[0].info_to, &peer));
}

static void invalid_information_fails_one_datagram(void **state) {
    const dgram_send_info wrong = {.set = DGRAM_INFO_TIMESTAMP};
    const dgram_send_info other_family = {.set = DGRAM_INFO_LOCAL,
                                          .local = address_of("::1", 0)};

    (void)state;
    add("aa", &tos);
    add("bb", &wrong);
    add("cc", &other_family);
    gso_expect_messages(1);
    gso_expect_message(0, 1, 0, "aa");
    for (int i = 1; i <= 2; i++)
        assert_int_equal(gso_check(&gso.dp, &gso.datagrams[i]),
                         DGRAM_ERR_INVALID_ARG_VALUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        GSO_TEST(equal_information_is_one_message),
        GSO_TEST(other_information_begins_a_message),
        GSO_TEST(information_with_nothing_set_is_none),
        GSO_TEST(a_refused_message_keeps_the_information),
        GSO_TEST(the_peer_is_where_it_goes),
        GSO_TEST(invalid_information_fails_one_datagram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
