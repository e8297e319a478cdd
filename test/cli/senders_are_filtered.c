/* Which texts --from takes, and which senders they accept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "args/filter.h"

static const struct filter_socket udp4 = {.type = DGRAM_UDP4};
static const struct filter_socket udp6 = {.type = DGRAM_UDP6};
static const struct filter_socket only6 = {.type = DGRAM_UDP6,
                                           .ipv6_only = true};
static const struct filter_socket local = {.type = DGRAM_UNIX};

static int parse(const struct filter_socket *socket, const char *text,
                 struct filter *out) {
    const struct option_list texts = {.texts = {text}, .count = 1};

    return filter_parse("test", &texts, socket, out);
}

static bool accepts(const struct filter_socket *socket, const char *text,
                    const char *host, uint16_t port) {
    struct filter filter;
    dgram_address sender;

    assert_int_equal(parse(socket, text, &filter), 0);
    if (socket->type == DGRAM_UNIX)
        assert_int_equal(dgram_address_unix(host, &sender), 0);
    else
        assert_int_equal(dgram_address_parse(host, port, &sender), 0);
    return filter_accepts(&filter, &sender);
}

static void no_filter_accepts_all(void **state) {
    const struct option_list none = {.count = 0};
    struct filter filter = {.count = 7};
    dgram_address sender;

    (void)state;
    assert_int_equal(filter_parse("test", &none, &udp4, &filter), 0);
    assert_int_equal(dgram_address_parse("192.0.2.1", 9, &sender), 0);
    assert_true(filter_accepts(&filter, &sender));
}

static void an_address_is_one(void **state) {
    (void)state;
    assert_true(accepts(&udp4, "192.0.2.1", "192.0.2.1", 1));
    assert_true(accepts(&udp4, "192.0.2.1", "192.0.2.1", 65535));
    assert_false(accepts(&udp4, "192.0.2.1", "192.0.2.2", 1));
    assert_true(accepts(&udp6, "2001:db8::1", "2001:db8::1", 1));
    assert_true(accepts(&udp6, "[2001:db8::1]", "2001:db8::1", 1));
    assert_false(accepts(&udp6, "2001:db8::1", "2001:db8::2", 1));
    assert_true(accepts(&udp6, "::1", "::1", 53));
}

static void a_prefix_covers_its_bits(void **state) {
    (void)state;
    assert_true(accepts(&udp4, "10.0.0.0/8", "10.255.1.2", 1));
    assert_false(accepts(&udp4, "10.0.0.0/8", "11.0.0.0", 1));
    assert_true(accepts(&udp4, "192.0.2.77/26", "192.0.2.64", 1));
    assert_true(accepts(&udp4, "192.0.2.77/26", "192.0.2.127", 1));
    assert_false(accepts(&udp4, "192.0.2.77/26", "192.0.2.63", 1));
    assert_false(accepts(&udp4, "192.0.2.77/26", "192.0.2.128", 1));
    assert_true(accepts(&udp4, "192.0.2.1/31", "192.0.2.0", 1));
    assert_false(accepts(&udp4, "192.0.2.1/32", "192.0.2.0", 1));
    assert_true(accepts(&udp4, "0.0.0.0/0", "255.1.2.3", 1));
    assert_true(accepts(&udp4, "128.0.0.0/1", "255.1.2.3", 1));
    assert_false(accepts(&udp4, "128.0.0.0/1", "127.1.2.3", 1));
    assert_true(accepts(&udp6, "2001:db8::/33", "2001:db8:7fff::1", 1));
    assert_false(accepts(&udp6, "2001:db8::/33", "2001:db8:8000::1", 1));
    assert_true(accepts(&udp6, "::/0", "ffff::", 1));
    assert_true(accepts(&udp6, "::1/128", "::1", 1));
    assert_false(accepts(&udp6, "::1/127", "::2", 1));
}

static void a_port_is_that_of_the_sender(void **state) {
    (void)state;
    assert_true(accepts(&udp4, "192.0.2.1:53", "192.0.2.1", 53));
    assert_false(accepts(&udp4, "192.0.2.1:53", "192.0.2.1", 54));
    assert_true(accepts(&udp4, "192.0.2.0/24:53", "192.0.2.9", 53));
    assert_false(accepts(&udp4, "192.0.2.0/24:53", "192.0.2.9", 35));
    assert_true(accepts(&udp6, "[::1]:65535", "::1", 65535));
    assert_false(accepts(&udp6, "[::1]:65535", "::1", 65534));
    assert_true(accepts(&udp6, "[2001:db8::]/32:53", "2001:db8:1::", 53));
    assert_false(accepts(&udp6, "[2001:db8::]/32:53", "2001:db8:1::", 52));
    assert_true(accepts(&udp6, "[2001:db8::]/32", "2001:db8:1::", 52));
    assert_true(accepts(&udp4, ":53", "192.0.2.1", 53));
    assert_true(accepts(&udp6, ":53", "::1", 53));
    assert_true(accepts(&udp6, ":53", "::ffff:192.0.2.1", 53));
    assert_false(accepts(&udp6, ":53", "::1", 54));
    assert_true(accepts(&udp4, ":0", "192.0.2.1", 0));
    assert_false(accepts(&udp4, ":0", "192.0.2.1", 1));
}

static void mapped_senders_are_ipv4(void **state) {
    (void)state;
    assert_true(accepts(&udp6, "192.0.2.1", "::ffff:192.0.2.1", 1));
    assert_false(accepts(&udp6, "192.0.2.1", "::ffff:192.0.2.2", 1));
    assert_true(accepts(&udp6, "192.0.2.0/24:9", "::ffff:192.0.2.7", 9));
    assert_true(accepts(&udp6, "::ffff:192.0.2.1", "::ffff:192.0.2.1", 1));
    assert_true(accepts(&udp6, "::ffff:192.0.2.9/120", "::ffff:192.0.2.1", 1));
    assert_true(accepts(&udp6, "::ffff:0:0/96", "::ffff:192.0.2.1", 1));
    assert_false(accepts(&udp6, "::ffff:0:0/96", "::1", 1));
    assert_false(accepts(&udp6, "::/0", "::ffff:192.0.2.1", 1));
    assert_false(accepts(&udp6, "0.0.0.0/0", "::1", 1));
    assert_true(accepts(&udp4, "::ffff:192.0.2.1", "192.0.2.1", 1));
}

static void a_scope_is_an_interface(void **state) {
    struct filter any, lo;
    dgram_address sender;

    (void)state;
    assert_int_equal(parse(&udp6, "fe80::1", &any), 0);
    assert_int_equal(parse(&udp6, "[fe80::1%lo]/64:7", &lo), 0);
    assert_int_equal(dgram_address_parse("fe80::1%lo", 7, &sender), 0);
    assert_true(filter_accepts(&any, &sender));
    assert_true(filter_accepts(&lo, &sender));
    sender.v6.sin6_scope_id++;
    assert_true(filter_accepts(&any, &sender));
    assert_false(filter_accepts(&lo, &sender));
    assert_int_equal(parse(&udp6, "fe80::1%no-such-if", &any), EXIT_USAGE);
    assert_int_equal(parse(&udp6, "2001:db8::1%lo", &any), EXIT_USAGE);
}

static void one_of_several_is_enough(void **state) {
    const struct option_list texts = {
        .texts = {"192.0.2.1", "198.51.100.0/24:53", ":9"}, .count = 3};
    struct filter filter;
    dgram_address sender;

    (void)state;
    assert_int_equal(filter_parse("test", &texts, &udp4, &filter), 0);
    dgram_address_parse("198.51.100.8", 53, &sender);
    assert_true(filter_accepts(&filter, &sender));
    dgram_address_parse("203.0.113.1", 9, &sender);
    assert_true(filter_accepts(&filter, &sender));
    dgram_address_parse("203.0.113.1", 8, &sender);
    assert_false(filter_accepts(&filter, &sender));
}

static void unix_senders_have_names(void **state) {
    struct filter filter;
    dgram_address nobody = {.any = {.sa_family = AF_UNIX}};

    (void)state;
    assert_true(accepts(&local, "unix:/tmp/a", "/tmp/a", 0));
    assert_false(accepts(&local, "unix:/tmp/a", "/tmp/ab", 0));
    assert_false(accepts(&local, "unix:/tmp/a", "/tmp/", 0));
    assert_int_equal(parse(&local, "unix:/tmp/a", &filter), 0);
    assert_false(filter_accepts(&filter, &nobody));
}

static void wrong_rules_are_refused(void **state) {
    static const char *const wrong[] = {
        "",
        "localhost",
        "192.0.2",
        "192.0.2.1/33",
        "192.0.2.1/",
        "192.0.2.1/-1",
        "192.0.2.1/+1",
        "192.0.2.1/8/8",
        "192.0.2.1:",
        "192.0.2.1:x",
        "192.0.2.1:70000",
        "192.0.2.1:1:2",
        "[::1",
        "[::1]x",
        "[::1]:",
        "[::1]/129",
        "::1/129",
        "::1/",
        "[]:5",
        "[]",
        ":",
        ":x",
        ":70000",
        "/24",
        "/0:53",
        ":53/8",
        "192.0.2.1 ",
        "192.0.2.1/0000000",
        "53",
        "::1]:53",
        "192.0.2.1:53/8",
        "::1:53/",
    };
    struct filter filter;
    char longest[400];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (parse(&udp6, wrong[i], &filter) != EXIT_USAGE)
            fail_msg("'%s' was accepted", wrong[i]);
    }
    memset(longest, '1', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(parse(&udp6, longest, &filter), EXIT_USAGE);
}

static void rules_that_match_nobody_are_refused(void **state) {
    struct filter filter;

    (void)state;
    assert_int_equal(parse(&udp4, "::1", &filter), EXIT_USAGE);
    assert_int_equal(parse(&only6, "192.0.2.1", &filter), EXIT_USAGE);
    assert_int_equal(parse(&only6, "::ffff:192.0.2.1", &filter), EXIT_USAGE);
    assert_int_equal(parse(&only6, "::1", &filter), 0);
    assert_int_equal(parse(&udp4, "unix:/tmp/a", &filter), EXIT_USAGE);
    assert_int_equal(parse(&local, "192.0.2.1", &filter), EXIT_USAGE);
    assert_int_equal(parse(&local, ":53", &filter), EXIT_USAGE);
    assert_int_equal(parse(&local, "unix:", &filter), EXIT_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_filter_accepts_all),
        cmocka_unit_test(an_address_is_one),
        cmocka_unit_test(a_prefix_covers_its_bits),
        cmocka_unit_test(a_port_is_that_of_the_sender),
        cmocka_unit_test(mapped_senders_are_ipv4),
        cmocka_unit_test(a_scope_is_an_interface),
        cmocka_unit_test(one_of_several_is_enough),
        cmocka_unit_test(unix_senders_have_names),
        cmocka_unit_test(wrong_rules_are_refused),
        cmocka_unit_test(rules_that_match_nobody_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
