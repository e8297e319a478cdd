/* Lists, and the allocator that a program can replace. */
#include "harness.h"

#include "util/alloc.h"
#include "util/list.h"
#include "util/util.h"

struct item {
    int number;
    struct list node;
};

static struct list list;
static struct item items[3];

static int begin(void **state) {
    (void)state;
    list_init(&list);
    for (int i = 0; i < 3; i++) {
        items[i].number = i;
        list_append(&list, &items[i].node);
    }
    return 0;
}

/* The list is these numbers, read forwards and backwards. */
static void check(const struct list *head, const char *numbers) {
    size_t length = strlen(numbers), i = 0;

    for (struct list *n = head->next; n != head; n = n->next)
        assert_int_equal(CONTAINER_OF(n, struct item, node)->number,
                         numbers[i++] - '0');
    assert_int_equal(i, length);
    for (struct list *n = head->previous; n != head; n = n->previous)
        assert_int_equal(CONTAINER_OF(n, struct item, node)->number,
                         numbers[--i] - '0');
    assert_int_equal(i, 0);
    assert_int_equal(list_empty(head), length == 0);
}

static void nodes_are_in_the_order_added(void **state) {
    (void)state;
    check(&list, "012");
    list_remove(&items[1].node);
    check(&list, "02");
    list_append(&list, &items[1].node);
    check(&list, "021");
    list_remove(&items[0].node);
    check(&list, "21");
}

static void a_node_may_be_removed_twice(void **state) {
    (void)state;
    list_remove(&items[1].node);
    assert_true(list_empty(&items[1].node));
    list_remove(&items[1].node);
    check(&list, "02");
    list_remove(&items[0].node);
    list_remove(&items[2].node);
    check(&list, "");
}

static void a_list_moves_as_a_whole(void **state) {
    struct list other;

    (void)state;
    list_init(&other);
    list_append_all(&other, &list);
    check(&list, "");
    check(&other, "012");
    list_append_all(&other, &list);
    check(&other, "012");
    list_remove(&items[1].node);
    list_append(&list, &items[1].node);
    list_append_all(&list, &other);
    check(&other, "");
    check(&list, "102");
}

static void min_is_the_smaller(void **state) {
    static const int numbers[7];

    (void)state;
    assert_int_equal(min_size(1, 2), 1);
    assert_int_equal(min_size(2, 1), 1);
    assert_int_equal(min_size(SIZE_MAX, SIZE_MAX), SIZE_MAX);
    assert_int_equal(ARRAY_SIZE(numbers), 7);
}

/* ---- The allocator ------------------------------------------------------ */

static char buffer[64];
static struct {
    int allocations, releases;
    size_t size; /* asked for last */
    void *given; /* back, last */
    bool empty;  /* no memory */
} it;

static void *allocate(size_t size, void *data) {
    assert_ptr_equal(data, &it);
    it.allocations++;
    it.size = size;
    return it.empty ? NULL : buffer;
}

static void release(void *memory, void *data) {
    assert_ptr_equal(data, &it);
    it.releases++;
    it.given = memory;
}

static const dgram_allocator own = {
    .allocate = allocate, .release = release, .data = &it};

static void the_allocator_is_used(void **state) {
    (void)state;
    memset(&it, 0, sizeof it);
    memset(buffer, 'x', sizeof buffer);
    assert_int_equal(dgram_set_allocator(&own), 0);
    assert_ptr_equal(alloc_bytes(5), buffer);
    assert_int_equal(it.size, 5);
    assert_int_equal(buffer[0], 'x');
    assert_ptr_equal(alloc_zeroed(7), buffer);
    assert_int_equal(it.size, 7);
    assert_memory_equal(buffer, "\0\0\0\0\0\0\0x", 8);
    alloc_free(buffer);
    assert_ptr_equal(it.given, buffer);
    alloc_free(NULL);
    assert_int_equal(it.allocations, 2);
    assert_int_equal(it.releases, 1);
    it.empty = true;
    assert_null(alloc_bytes(1));
    assert_null(alloc_zeroed(1));
    assert_int_equal(dgram_set_allocator(NULL), 0);
}

static void an_incomplete_allocator_is_refused(void **state) {
    dgram_allocator half = own;

    (void)state;
    memset(&it, 0, sizeof it);
    assert_int_equal(dgram_set_allocator(&own), 0);
    half.allocate = NULL;
    assert_int_equal(dgram_set_allocator(&half), DGRAM_ERR_INVALID_ARG_VALUE);
    half = own;
    half.release = NULL;
    assert_int_equal(dgram_set_allocator(&half), DGRAM_ERR_INVALID_ARG_VALUE);
    assert_ptr_equal(alloc_bytes(1), buffer);
    assert_int_equal(dgram_set_allocator(NULL), 0);
}

static void malloc_is_the_default(void **state) {
    unsigned char *memory;

    (void)state;
    memset(&it, 0, sizeof it);
    assert_int_equal(dgram_set_allocator(&own), 0);
    assert_int_equal(dgram_set_allocator(NULL), 0);
    memory = alloc_zeroed(1000);
    assert_non_null(memory);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(memory[i], 0);
    memset(memory, 'x', 1000);
    alloc_free(memory);
    assert_int_equal(it.allocations + it.releases, 0);
}

#define LISTED(test) cmocka_unit_test_setup(test, begin)

int main(void) {
    const struct CMUnitTest tests[] = {
        LISTED(nodes_are_in_the_order_added),
        LISTED(a_node_may_be_removed_twice),
        LISTED(a_list_moves_as_a_whole),
        cmocka_unit_test(min_is_the_smaller),
        cmocka_unit_test(the_allocator_is_used),
        cmocka_unit_test(an_incomplete_allocator_is_refused),
        cmocka_unit_test(malloc_is_the_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
