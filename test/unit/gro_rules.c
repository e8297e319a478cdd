/* How a received message is split into its datagrams. */
#include "harness.h"

#include "datapath/gro.h"

static unsigned char buffer[] = "aaabbbcc";
static struct platform_in in;
static dgram_address from;

static int begin(void **state) {
    (void)state;
    in = (struct platform_in){
        .buffer = buffer, .length = 8, .segment_size = 3, .from = &from};
    return 0;
}

static void check(uint32_t index, const char *expected, uint32_t flags) {
    dgram_message message;

    memset(&message, 0xa5, sizeof message);
    assert_int_equal(gro_split(&in, index, &message, 1), 1);
    assert_int_equal(message.length, strlen(expected));
    assert_memory_equal(message.payload, expected, message.length);
    assert_ptr_equal(message.from, &from);
    assert_int_equal(message.flags, flags);
    assert_null(message.info);
}

static void the_last_one_may_be_shorter(void **state) {
    (void)state;
    in.flags = DGRAM_TRUNCATED;
    assert_int_equal(gro_count(&in), 3);
    check(0, "aaa", 0);
    check(1, "bbb", 0);
    check(2, "cc", DGRAM_TRUNCATED);
    in.length = 7;
    assert_int_equal(gro_count(&in), 3);
    check(2, "c", DGRAM_TRUNCATED);
    in.length = 6;
    assert_int_equal(gro_count(&in), 2);
    check(1, "bbb", DGRAM_TRUNCATED);
}

static void every_segment_size_is_split(void **state) {
    (void)state;
    in.length = 6;
    in.segment_size = 1;
    assert_int_equal(gro_count(&in), 6);
    check(3, "b", 0);
    in.segment_size = 6;
    assert_int_equal(gro_count(&in), 1);
    check(0, "aaabbb", 0);
    in.segment_size = 0;
    assert_int_equal(gro_count(&in), 1);
    check(0, "aaabbb", 0);
    in.length = 0;
    assert_int_equal(gro_count(&in), 1);
    check(0, "", 0);
}

static void the_array_of_the_caller_is_filled(void **state) {
    dgram_message messages[4] = {{0}};

    (void)state;
    assert_int_equal(gro_split(&in, 0, messages, 2), 2);
    assert_null(messages[2].payload);
    assert_int_equal(messages[1].length, 3);
    assert_ptr_equal(messages[1].payload, buffer + 3);
    assert_int_equal(gro_split(&in, 2, messages, 4), 1);
    assert_int_equal(messages[0].length, 2);
    assert_int_equal(gro_split(&in, 1, messages, 4), 2);
    assert_int_equal(messages[0].length, 3);
    assert_int_equal(messages[1].length, 2);
    assert_ptr_equal(messages[0].payload, buffer + 3);
    assert_ptr_equal(messages[1].payload, buffer + 6);
}

#define SPLIT(test) cmocka_unit_test_setup(test, begin)

int main(void) {
    const struct CMUnitTest tests[] = {
        SPLIT(the_last_one_may_be_shorter),
        SPLIT(every_segment_size_is_split),
        SPLIT(the_array_of_the_caller_is_filled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
