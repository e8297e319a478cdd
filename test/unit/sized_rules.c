/* Which sizes of a struct are accepted, and what is copied of it. */
#include "harness.h"

#include "util/sized.h"

#define SIZE_LIMIT 4096u

struct options {
    size_t size;
    uint32_t first, second;
};

static union {
    struct options options;
    unsigned char bytes[SIZE_LIMIT + 1];
} given;

static struct options copied;

static int copy(size_t size) {
    memset(&copied, 0xa5, sizeof copied);
    given.options = (struct options){.size = size, .first = 1, .second = 2};
    return SIZED_COPY(&copied, &given, struct options, first);
}

static void the_same_struct_is_copied(void **state) {
    (void)state;
    assert_int_equal(copy(sizeof(struct options)), 0);
    assert_int_equal(copied.size, sizeof(struct options));
    assert_int_equal(copied.first, 1);
    assert_int_equal(copied.second, 2);
}

static void members_that_a_smaller_one_lacks_are_0(void **state) {
    (void)state;
    assert_int_equal(copy(SIZE_UP_TO(struct options, first)), 0);
    assert_int_equal(copied.size, sizeof(struct options));
    assert_int_equal(copied.first, 1);
    assert_int_equal(copied.second, 0);
    assert_int_equal(copy(SIZE_UP_TO(struct options, first) - 1),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(copy(0), DGRAM_ERR_INVALID_ARG_VALUE);
}

static void unknown_members_of_a_larger_one_must_be_0(void **state) {
    (void)state;
    memset(&given, 0, sizeof given);
    assert_int_equal(copy(SIZE_LIMIT), 0);
    assert_int_equal(copied.size, sizeof(struct options));
    assert_int_equal(copy(SIZE_LIMIT + 1), DGRAM_ERR_INVALID_ARG_VALUE);
    given.bytes[sizeof(struct options)] = 1;
    assert_int_equal(copy(sizeof(struct options)), 0);
    assert_int_equal(copy(sizeof(struct options) + 1),
                     DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(sized_copy(&copied, sizeof copied, 8, NULL),
                     DGRAM_ERR_INVALID_ARG_VALUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_struct_is_copied),
        cmocka_unit_test(members_that_a_smaller_one_lacks_are_0),
        cmocka_unit_test(unknown_members_of_a_larger_one_must_be_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
