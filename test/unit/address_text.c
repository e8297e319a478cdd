#include "harness.h"

#include <net/if.h>

#include "util/address.h"

static void check_text(const char *text, const char *expected) {
    char out[DGRAM_ADDRESS_TEXT_MAX];
    dgram_address address;

    assert_int_equal(dgram_address_parse(text, 53, &address), 0);
    assert_int_equal(dgram_address_port(&address), 53);
    assert_int_equal(dgram_address_format(&address, out, sizeof out), 0);
    assert_string_equal(out, expected);
}

static void numeric_addresses_are_parsed_and_formatted(void **unused) {
    (void)unused;
    check_text("127.0.0.1", "127.0.0.1");
    check_text("255.255.255.255", "255.255.255.255");
    check_text("::", "::");
    check_text("2001:DB8:0:0::1", "2001:db8::1");
    check_text("::ffff:192.0.2.1", "::ffff:192.0.2.1");
    check_text("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
               "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static void other_texts_are_refused(void **unused) {
    static const char *const texts[] = {
        "", "localhost", "127.0.0", "127.0.0.256", "127.0.0.1 ", "1.2.3.4:5",
        "::1::", "[::1]", ":::", "%lo", "12345::", " ::1", "0x7f.0.0.1",
        "127.1", "fe80::1/64", "1:2:3:4:5:6:7:8:9",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999",
        /* As long as the buffer, without a NUL. */
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:a"};
    dgram_address address, before;

    (void)unused;
    memset(&address, 0xa5, sizeof address);
    before = address;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(dgram_address_parse(texts[i], 1, &address), UV_EINVAL);
    assert_int_equal(dgram_address_parse(NULL, 1, &address), UV_EINVAL);
    assert_memory_equal(&address, &before, sizeof address);
}

static void scopes_are_interface_names(void **unused) {
    char name[IF_NAMESIZE], text[64], out[64];
    dgram_address address;

    (void)unused;
    if (if_indextoname(1, name) == NULL)
        skip();
    snprintf(text, sizeof text, "fe80::1%%%s", name);
    check_text(text, text);
    assert_int_equal(dgram_address_parse(text, 0, &address), 0);
    assert_int_equal(address.v6.sin6_scope_id, 1);
    snprintf(text, sizeof text, "::%%%s", name);
    check_text(text, "::");
    address.v6.sin6_scope_id = 0x7fffffff;
    assert_int_equal(dgram_address_format(&address, out, sizeof out), 0);
    assert_string_equal(out, "fe80::1");
}

/* An unknown scope must not become no scope, which is another interface. */
static void an_unknown_scope_is_an_error(void **unused) {
    static const char *const texts[] = {
        "fe80::1%no-such-if",
        "::%no-such-if",
        "::1%no-such-if",
        "fe80::1%",
        "fe80::1%%lo",
        "fe80::1%lo%lo",
        "fe80::1%lo ",
        "fe80::1%1",
        "fe80::1%0",
        "ff02::1%999",
        "::ffff:1.2.3.4%no-such-if",
    };
    dgram_address address, before;

    (void)unused;
    memset(&address, 0xa5, sizeof address);
    before = address;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(dgram_address_parse(texts[i], 1, &address), UV_ENODEV);
    assert_memory_equal(&address, &before, sizeof address);
}

static void a_short_buffer_is_an_error(void **unused) {
    dgram_address address;
    char name[IF_NAMESIZE], text[64];
    char out[DGRAM_ADDRESS_TEXT_MAX];

    (void)unused;
    assert_int_equal(dgram_address_parse("192.168.100.100", 0, &address), 0);
    for (size_t size = 0; size < 16; size++)
        assert_int_equal(dgram_address_format(&address, out, size), UV_ENOSPC);
    assert_int_equal(dgram_address_format(&address, out, 16), 0);
    if (if_indextoname(1, name) == NULL)
        return;
    snprintf(text, sizeof text, "fe80::1%%%s", name);
    assert_int_equal(dgram_address_parse(text, 0, &address), 0);
    for (size_t size = 0; size <= strlen(text); size++)
        assert_int_equal(dgram_address_format(&address, out, size), UV_ENOSPC);
    assert_int_equal(dgram_address_format(&address, out, strlen(text) + 1), 0);
    address.any.sa_family = AF_UNSPEC;
    assert_int_equal(dgram_address_format(&address, out, sizeof out),
                     UV_EINVAL);
}

static void equal_compares_every_part(void **unused) {
    dgram_address a = address_of("10.0.0.1", 1), b = a;

    (void)unused;
    assert_true(dgram_address_equal(&a, &b));
    b = address_of("10.0.0.1", 2);
    assert_false(dgram_address_equal(&a, &b));
    b = address_of("10.0.0.2", 1);
    assert_false(dgram_address_equal(&a, &b));
    b = address_of("::ffff:10.0.0.1", 1);
    assert_false(dgram_address_equal(&a, &b));
    a = b;
    assert_true(dgram_address_equal(&a, &b));
    b.v6.sin6_scope_id = 2;
    assert_false(dgram_address_equal(&a, &b));
    b = address_of("::fffe:10.0.0.1", 1);
    assert_false(dgram_address_equal(&a, &b));
    b = address_of("::ffff:10.0.0.1", 3);
    assert_false(dgram_address_equal(&a, &b));
    assert_string_equal(dgram_address_family(&b), "IPv6");
    b = address_of("10.0.0.1", 3);
    assert_string_equal(dgram_address_family(&b), "IPv4");
}

static void a_type_has_its_addresses(void **unused) {
    dgram_address address, expected;

    (void)unused;
    assert_int_equal(address_family_of(DGRAM_UDP4), AF_INET);
    assert_int_equal(address_family_of(DGRAM_UDP6), AF_INET6);
    memset(&address, 0xa5, sizeof address);
    address_any(DGRAM_UDP4, 7, &address);
    expected = address_of("0.0.0.0", 7);
    assert_memory_equal(&address, &expected, sizeof address);
    assert_int_equal(address_length(&address), sizeof(struct sockaddr_in));
    memset(&address, 0xa5, sizeof address);
    address_any(DGRAM_UDP6, 7, &address);
    expected = address_of("::", 7);
    assert_memory_equal(&address, &expected, sizeof address);
    assert_int_equal(address_length(&address), sizeof(struct sockaddr_in6));
    memset(&address, 0xa5, sizeof address);
    address_loopback(DGRAM_UDP4, 8, &address);
    expected = address_of("127.0.0.1", 8);
    assert_memory_equal(&address, &expected, sizeof address);
    memset(&address, 0xa5, sizeof address);
    address_loopback(DGRAM_UDP6, 8, &address);
    expected = address_of("::1", 8);
    assert_memory_equal(&address, &expected, sizeof address);
    address_set_port(&address, 9);
    assert_int_equal(dgram_address_port(&address), 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numeric_addresses_are_parsed_and_formatted),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(scopes_are_interface_names),
        cmocka_unit_test(an_unknown_scope_is_an_error),
        cmocka_unit_test(a_short_buffer_is_an_error),
        cmocka_unit_test(equal_compares_every_part),
        cmocka_unit_test(a_type_has_its_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
