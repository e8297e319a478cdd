/* Which membership of the record is found. */
#include "harness.h"

#include <stdlib.h>

#include "util/alloc.h"
#include "socket/memberships.h"
#include "util/address.h"

static struct memberships_part part;

static int begin(void **state) {
    (void)state;
    memset(&part, 0xff, sizeof(part));
    memberships_init(&part);
    return 0;
}

/* Under AddressSanitizer a leak fails the test. */
static int end(void **state) {
    (void)state;
    memberships_free(&part);
    assert_true(list_empty(&part.joined));
    assert_true(list_empty(&part.everywhere));
    return 0;
}

static dgram_address parsed(const char *text) {
    dgram_address address;

    assert_int_equal(dgram_address_parse(text, 0, &address), 0);
    return address;
}

static struct membership *add(const char *group, const char *source,
                              unsigned index) {
    dgram_address group_address = parsed(group), source_address;
    struct membership *added;

    if (source != NULL)
        source_address = parsed(source);
    added = memberships_add(&part, &group_address,
                            source != NULL ? &source_address : NULL, index);
    assert_non_null(added);
    return added;
}

static struct membership *find(const char *group, const char *source,
                               unsigned index) {
    dgram_address group_address = parsed(group), source_address;

    if (source != NULL)
        source_address = parsed(source);
    return memberships_find(&part, &group_address,
                            source != NULL ? &source_address : NULL, index);
}

static void a_new_membership_is_held_by_nobody(void **state) {
    struct membership *added = add("239.1.2.3", NULL, 7);

    (void)state;
    assert_int_equal(added->index, 7);
    assert_int_equal(added->interface.index, 7);
    assert_int_equal(added->source.any.sa_family, 0);
    assert_false(added->by_itself);
    assert_false(added->by_all);
}

static void group_and_interface_distinguish(void **state) {
    struct membership *first = add("239.1.2.3", NULL, 1);
    struct membership *second = add("239.1.2.3", NULL, 2);
    struct membership *third = add("239.1.2.4", NULL, 1);
    struct membership *fourth = add("ff02::5", NULL, 1);

    (void)state;
    assert_ptr_equal(find("239.1.2.3", NULL, 1), first);
    assert_ptr_equal(find("239.1.2.3", NULL, 2), second);
    assert_ptr_equal(find("239.1.2.4", NULL, 1), third);
    assert_ptr_equal(find("ff02::5", NULL, 1), fourth);
    assert_null(find("239.1.2.3", NULL, 3));
    assert_null(find("239.1.2.5", NULL, 1));
    assert_null(find("ff02::6", NULL, 1));
}

static void sources_distinguish(void **state) {
    struct membership *any = add("232.1.2.3", NULL, 1);
    struct membership *one = add("232.1.2.3", "10.0.0.1", 1);
    struct membership *other = add("ff3e::1", "fd00::1", 1);

    (void)state;
    assert_ptr_equal(find("232.1.2.3", NULL, 1), any);
    assert_ptr_equal(find("232.1.2.3", "10.0.0.1", 1), one);
    assert_ptr_equal(find("ff3e::1", "fd00::1", 1), other);
    assert_null(find("232.1.2.3", "10.0.0.2", 1));
    assert_null(find("ff3e::1", NULL, 1));
    assert_null(find("ff3e::1", "fd00::2", 1));
}

static void ports_and_scopes_do_not_count(void **state) {
    dgram_address plain = parsed("ff02::5"), other = plain;

    (void)state;
    other.v6.sin6_port = htons(9);
    other.v6.sin6_scope_id = 3;
    assert_true(address_same_host(&plain, &other));
    plain = other = parsed("239.1.2.3");
    other.v4.sin_port = htons(9);
    assert_true(address_same_host(&plain, &other));
}

static void a_removed_membership_is_not_found(void **state) {
    (void)state;
    add("239.1.2.3", NULL, 1);
    memberships_remove(add("239.1.2.3", NULL, 2));
    assert_null(find("239.1.2.3", NULL, 2));
    assert_non_null(find("239.1.2.3", NULL, 1));
}

static struct group_everywhere *add_everywhere(const char *group) {
    struct group_everywhere *all = alloc_zeroed(sizeof(*all));

    assert_non_null(all);
    all->group = parsed(group);
    list_append(&part.everywhere, &all->node);
    return all;
}

static void groups_of_all_interfaces_are_found(void **state) {
    struct group_everywhere *first = add_everywhere("239.1.2.3");
    struct group_everywhere *second = add_everywhere("ff02::5");
    dgram_address group = parsed("239.1.2.3");

    (void)state;
    assert_ptr_equal(memberships_find_everywhere(&part, &group), first);
    group = parsed("ff02::5");
    assert_ptr_equal(memberships_find_everywhere(&part, &group), second);
    group = parsed("ff02::6");
    assert_null(memberships_find_everywhere(&part, &group));
}

static void *allocate_nothing(size_t size, void *data) {
    (void)size;
    (void)data;
    return NULL;
}

static void release(void *pointer, void *data) {
    (void)data;
    free(pointer);
}

static void without_memory_nothing_is_added(void **state) {
    static const dgram_allocator empty = {.allocate = allocate_nothing,
                                          .release = release};
    dgram_address group = parsed("239.1.2.3");

    (void)state;
    assert_int_equal(dgram_set_allocator(&empty), 0);
    assert_null(memberships_add(&part, &group, NULL, 1));
    assert_int_equal(dgram_set_allocator(NULL), 0);
    assert_true(list_empty(&part.joined));
}

#define RULE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        RULE(a_new_membership_is_held_by_nobody),
        RULE(group_and_interface_distinguish),
        RULE(sources_distinguish),
        RULE(ports_and_scopes_do_not_count),
        RULE(a_removed_membership_is_not_found),
        RULE(groups_of_all_interfaces_are_found),
        RULE(without_memory_nothing_is_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
