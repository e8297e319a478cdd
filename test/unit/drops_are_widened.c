/* The kernel's count of drops has 32 bits and wraps; ours does not. A count
   that cannot be read now is made up for by the next. */
#include "harness.h"

#include "datapath/stats.h"

static uint32_t count;
static int result;

static int scripted_drops(dgram_fd fd, uint32_t *count_out) {
    (void)fd;
    *count_out = count;
    return result;
}

static const struct platform scripted = {.receive_drops = scripted_drops};
static const struct platform *original;

static int use_script(void **state) {
    (void)state;
    original = platform;
    platform = &scripted;
    return 0;
}

static int end_script(void **state) {
    (void)state;
    platform = original;
    return 0;
}

static uint64_t read_after(struct stats *stats, uint32_t now, int code) {
    count = now;
    result = code;
    stats_read_drops(stats, 3);
    return stats->counts.receive_drops;
}

static void count_of_the_kernel_wraps(void **state) {
    struct stats stats = {0};

    (void)state;
    count = UINT32_MAX - 1;
    result = 0;
    stats_attach(&stats, 3);
    assert_int_equal(stats.counts.receive_drops, 0);
    assert_int_equal(read_after(&stats, UINT32_MAX, 0), 1);
    assert_int_equal(read_after(&stats, 3, 0), 5);
    assert_int_equal(read_after(&stats, 4, UV_EPERM), 5);
    assert_int_equal(read_after(&stats, 2, 0), 0x100000004);
}

static void unknown_where_the_kernel_does_not_tell(void **state) {
    struct stats stats = {0};

    (void)state;
    result = UV_ENOTSUP;
    stats_attach(&stats, 3);
    assert_true(read_after(&stats, 5, 0) == DGRAM_STATS_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(count_of_the_kernel_wraps),
        cmocka_unit_test(unknown_where_the_kernel_does_not_tell),
    };

    return cmocka_run_group_tests(tests, use_script, end_script);
}
