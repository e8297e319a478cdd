#include "harness.h"
#include "memory.h"

#include "socket/blocklist.h"

static bool blocks(const dgram_blocklist *list, const char *text) {
    dgram_address address = address_of(text, 1);

    return dgram_blocklist_check(list, &address);
}

static dgram_blocklist *new_list(void) {
    dgram_blocklist *list = NULL;

    assert_int_equal(dgram_blocklist_create(&list), 0);
    return list;
}

static void an_empty_list_blocks_nothing(void **unused) {
    dgram_blocklist *list = new_list();

    (void)unused;
    assert_false(blocks(list, "0.0.0.0"));
    assert_false(blocks(list, "::"));
    dgram_blocklist_release(list);
    dgram_blocklist_release(NULL);
}

static void a_listed_address_is_blocked(void **unused) {
    dgram_blocklist *list = new_list();

    (void)unused;
    assert_int_equal(dgram_blocklist_add_address(list, "10.1.2.3"), 0);
    assert_int_equal(dgram_blocklist_add_address(list, "2001:db8::7"), 0);
    assert_true(blocks(list, "10.1.2.3"));
    assert_true(blocks(list, "::ffff:10.1.2.3"));
    assert_true(blocks(list, "2001:db8::7"));
    assert_false(blocks(list, "10.1.2.2"));
    assert_false(blocks(list, "10.1.2.4"));
    assert_false(blocks(list, "::10.1.2.3"));
    assert_false(blocks(list, "2001:db8::8"));
    dgram_blocklist_release(list);
}

static void a_range_includes_both_ends(void **unused) {
    dgram_blocklist *list = new_list();

    (void)unused;
    assert_int_equal(dgram_blocklist_add_range(list, "10.0.0.250", "10.0.1.5"),
                     0);
    assert_int_equal(dgram_blocklist_add_range(list, "fd00::1", "fd00::1:0"),
                     0);
    assert_true(blocks(list, "10.0.0.250"));
    assert_true(blocks(list, "10.0.1.0"));
    assert_true(blocks(list, "10.0.1.5"));
    assert_false(blocks(list, "10.0.0.249"));
    assert_false(blocks(list, "10.0.1.6"));
    assert_true(blocks(list, "fd00::ffff"));
    assert_true(blocks(list, "fd00::1:0"));
    assert_false(blocks(list, "fd00::"));
    assert_false(blocks(list, "fd00::1:1"));
    dgram_blocklist_release(list);
}

/* As in Node: an IPv6 range contains no IPv4 address, unless its addresses are
   mapped ones. */
static void a_wide_ipv6_range_excludes_ipv4(void **unused) {
    dgram_blocklist *list = new_list();

    (void)unused;
    assert_int_equal(dgram_blocklist_add_range(list, "::", "ffff::"), 0);
    assert_false(blocks(list, "1.2.3.4"));
    assert_true(blocks(list, "::ffff:1.2.3.4"));
    assert_int_equal(
        dgram_blocklist_add_range(list, "::ffff:1.2.3.0", "::ffff:1.2.3.9"), 0);
    assert_true(blocks(list, "1.2.3.4"));
    assert_int_equal(
        dgram_blocklist_add_range(list, "::ffff:9.0.0.0", "::1:0:0:0"), 0);
    assert_int_equal(dgram_blocklist_add_range(list, "::", "::ffff:9.0.0.0"),
                     0);
    assert_false(blocks(list, "9.9.9.9"));
    assert_false(blocks(list, "8.8.8.8"));
    dgram_blocklist_release(list);
}

static void a_subnet_is_its_prefix(void **unused) {
    dgram_blocklist *list = new_list();

    (void)unused;
    assert_int_equal(dgram_blocklist_add_subnet(list, "192.168.77.9", 20), 0);
    assert_int_equal(dgram_blocklist_add_subnet(list, "2001:db8::", 33), 0);
    assert_int_equal(dgram_blocklist_add_subnet(list, "1.2.3.4", 32), 0);
    assert_true(blocks(list, "192.168.64.0"));
    assert_true(blocks(list, "192.168.79.255"));
    assert_false(blocks(list, "192.168.63.255"));
    assert_false(blocks(list, "192.168.80.0"));
    assert_true(blocks(list, "2001:db8:7fff::1"));
    assert_false(blocks(list, "2001:db8:8000::1"));
    assert_true(blocks(list, "1.2.3.4"));
    assert_false(blocks(list, "1.2.3.5"));
    dgram_blocklist_release(list);
}

static void prefix_0_is_the_whole_family(void **unused) {
    dgram_blocklist *list = new_list();

    (void)unused;
    assert_int_equal(dgram_blocklist_add_subnet(list, "0.0.0.0", 0), 0);
    assert_true(blocks(list, "0.0.0.0"));
    assert_true(blocks(list, "255.255.255.255"));
    assert_false(blocks(list, "::1"));
    assert_int_equal(dgram_blocklist_add_subnet(list, "::", 0), 0);
    assert_true(blocks(list, "::1"));
    dgram_blocklist_release(list);
}

static void bad_rules_change_nothing(void **unused) {
    dgram_blocklist *list = new_list();

    (void)unused;
    assert_int_equal(dgram_blocklist_add_address(list, "host"), UV_EINVAL);
    assert_int_equal(dgram_blocklist_add_address(list, NULL), UV_EINVAL);
    assert_int_equal(dgram_blocklist_add_range(list, "1.1.1.2", "1.1.1.1"),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_blocklist_add_range(list, "1.1.1.2", "::2"),
                     UV_EINVAL);
    assert_int_equal(dgram_blocklist_add_subnet(list, "1.1.1.2", 33),
                     DGRAM_ERR_OUT_OF_RANGE);
    assert_int_equal(dgram_blocklist_add_subnet(list, "::", 129),
                     DGRAM_ERR_OUT_OF_RANGE);
    assert_int_equal(dgram_blocklist_add_subnet(list, "x", 1), UV_EINVAL);
    assert_false(blocks(list, "1.1.1.2"));
    assert_false(blocks(list, "::2"));
    dgram_blocklist_release(list);
}

static void the_last_reference_frees_it(void **unused) {
    dgram_address address = address_of("10.1.2.3", 1);
    dgram_blocklist *list;

    (void)unused;
    memory_begin();
    list = new_list();
    assert_int_equal(dgram_blocklist_add_address(list, "10.1.2.3"), 0);
    assert_int_equal(dgram_blocklist_add_subnet(list, "10.1.2.3", 8), 0);
    assert_int_equal(memory.blocks, 3);
    blocklist_ref(list);
    blocklist_ref(NULL);
    dgram_blocklist_release(list);
    assert_int_equal(memory.blocks, 3);
    assert_true(blocklist_blocks(list, &address));
    assert_false(blocklist_blocks(NULL, &address));
    dgram_blocklist_release(list);
    assert_int_equal(memory.blocks, 0);
    memory_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_list_blocks_nothing),
        cmocka_unit_test(a_listed_address_is_blocked),
        cmocka_unit_test(a_range_includes_both_ends),
        cmocka_unit_test(a_wide_ipv6_range_excludes_ipv4),
        cmocka_unit_test(a_subnet_is_its_prefix),
        cmocka_unit_test(prefix_0_is_the_whole_family),
        cmocka_unit_test(bad_rules_change_nothing),
        cmocka_unit_test(the_last_reference_frees_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
