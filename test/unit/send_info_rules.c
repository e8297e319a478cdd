/* Which information a datagram can be sent with, and what an answer is sent
   with. */
#include "harness.h"

#include "util/address.h"
#include "util/send_info.h"

static bool valid(dgram_send_info info, const char *to) {
    dgram_address address;

    if (to == NULL)
        return send_info_is_valid(&info, NULL);
    address = address_of(to, 53);
    return send_info_is_valid(&info, &address);
}

static dgram_send_info from(const char *source) {
    return (dgram_send_info){.set = DGRAM_INFO_LOCAL,
                             .local = address_of(source, 7)};
}

static void unknown_members_and_a_ttl_of_0_are_invalid(void **state) {
    (void)state;
    assert_true(valid((dgram_send_info){0}, NULL));
    assert_true(
        valid((dgram_send_info){.ttl = 0, .set = DGRAM_INFO_TOS}, NULL));
    assert_false(valid((dgram_send_info){.set = DGRAM_INFO_TTL}, NULL));
    assert_true(
        valid((dgram_send_info){.set = DGRAM_INFO_TTL, .ttl = 1}, NULL));
    assert_false(valid((dgram_send_info){.set = DGRAM_INFO_TIMESTAMP}, NULL));
    assert_false(valid((dgram_send_info){.set = 32}, NULL));
    assert_false(valid((dgram_send_info){.set = DGRAM_INFO_LOCAL}, NULL));
}

static void a_source_has_the_family_of_the_destination(void **state) {
    static const char *const v4[] = {"192.0.2.1", "0.0.0.0"};
    static const char *const v6[] = {"fd77::1", "::"};
    static const char *const mapped[] = {"::ffff:192.0.2.1", "::"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_true(valid(from(v4[i]), "192.0.2.9"));
        assert_true(valid(from(v6[i]), "fd77::9"));
        assert_true(valid(from(mapped[i]), "::ffff:192.0.2.9"));
        assert_true(valid(from(v4[i]), NULL));
        assert_false(valid(from(v4[i]), "fd77::9"));
        assert_false(valid(from(v4[i]), "::ffff:192.0.2.9"));
        assert_false(valid(from(v6[i]), "192.0.2.9"));
    }
    assert_false(valid(from("fd77::1"), "::ffff:192.0.2.9"));
    assert_false(valid(from("::ffff:192.0.2.1"), "fd77::9"));
}

static bool equal(dgram_send_info a, dgram_send_info b) {
    return send_info_equal(&a, &b);
}

static void only_what_is_set_is_compared(void **state) {
    dgram_send_info all = from("fd77::1"), other;

    (void)state;
    all.set = DGRAM_INFO_ALL & ~DGRAM_INFO_TIMESTAMP;
    all.interface_index = 1;
    all.tos = 2;
    all.ttl = 3;
    other = all;
    assert_true(equal(all, other));
    other.local.v6.sin6_port = 0;
    assert_true(equal(all, other));
    other.local = address_of("fd77::2", 0);
    assert_false(equal(all, other));
    other = all;
    other.interface_index = 9;
    assert_false(equal(all, other));
    other = all;
    other.tos = 9;
    assert_false(equal(all, other));
    other = all;
    other.ttl = 9;
    assert_false(equal(all, other));
    other = all;
    other.set &= ~DGRAM_INFO_TTL;
    assert_false(equal(all, other));
    assert_true(send_info_equal(NULL, NULL));
    assert_false(send_info_equal(NULL, &all));
    assert_false(send_info_equal(&all, NULL));
}

static dgram_send_info reply(uint32_t valid_members, const char *local,
                             const char *reply_from) {
    const dgram_receive_info received = {.valid = valid_members,
                                         .interface_index = 4,
                                         .local = address_of(local, 0),
                                         .reply_from =
                                             address_of(reply_from, 99)};
    dgram_send_info info;

    memset(&info, 0xa5, sizeof info);
    dgram_reply_info(&received, &info);
    return info;
}

static void check_reply(dgram_send_info info, uint32_t set,
                        const char *source) {
    dgram_address expected;

    assert_int_equal(info.set, set);
    if ((set & DGRAM_INFO_LOCAL) != 0) {
        expected = address_of(source, 0);
        assert_true(dgram_address_equal(&info.local, &expected));
    }
    if ((set & DGRAM_INFO_INTERFACE) != 0)
        assert_int_equal(info.interface_index, 4);
}

#define BOTH (DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE)

static void the_routing_table_chooses_the_way_to_a_unicast_sender(
    void **state) {
    (void)state;
    check_reply(reply(DGRAM_INFO_ALL, "192.0.2.1", "192.0.2.1"),
                DGRAM_INFO_LOCAL, "192.0.2.1");
    check_reply(reply(DGRAM_INFO_ALL, "fd77::1", "fd77::1"), DGRAM_INFO_LOCAL,
                "fd77::1");
}

static void other_answers_leave_by_the_interface(void **state) {
    (void)state;
    check_reply(reply(BOTH, "239.1.1.1", "192.0.2.1"), BOTH, "192.0.2.1");
    check_reply(reply(BOTH, "192.0.2.255", "192.0.2.1"), BOTH, "192.0.2.1");
    check_reply(reply(BOTH, "ff02::fb", "::"), BOTH, "::");
    check_reply(reply(BOTH, "fe80::1", "fe80::1"), BOTH, "fe80::1");
    check_reply(reply(DGRAM_INFO_INTERFACE, "192.0.2.1", "192.0.2.1"),
                DGRAM_INFO_INTERFACE, NULL);
    check_reply(reply(DGRAM_INFO_LOCAL, "239.1.1.1", "192.0.2.1"),
                DGRAM_INFO_LOCAL, "192.0.2.1");
}

static void without_information_nothing_is_set(void **state) {
    dgram_send_info info = {.set = 7};

    (void)state;
    dgram_reply_info(NULL, &info);
    check_reply(info, 0, NULL);
    check_reply(reply(DGRAM_INFO_TOS, "192.0.2.1", "192.0.2.1"), 0, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_members_and_a_ttl_of_0_are_invalid),
        cmocka_unit_test(a_source_has_the_family_of_the_destination),
        cmocka_unit_test(only_what_is_set_is_compared),
        cmocka_unit_test(the_routing_table_chooses_the_way_to_a_unicast_sender),
        cmocka_unit_test(other_answers_leave_by_the_interface),
        cmocka_unit_test(without_information_nothing_is_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
