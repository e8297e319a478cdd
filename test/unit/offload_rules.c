/* How the program, the environment and the kernel's release decide the offload
   policy. */
#include "harness.h"

#include "datapath/offload.h"

#define GOOD "6.1.0-43-amd64"
#define BAD "7.0.3"

static const struct offload_override nothing;

static void auto_uses_what_the_kernel_has(void **state) {
    struct offload offload =
        offload_decide(DGRAM_OFFLOAD_AUTO, 0, nothing, GOOD);

    (void)state;
    assert_int_equal(offload.segments_max, UINT32_MAX);
    assert_false(offload.local_only);
    assert_true(offload.gro);
}

static void off_uses_nothing(void **state) {
    struct offload offload =
        offload_decide(DGRAM_OFFLOAD_OFF, 16, nothing, GOOD);

    (void)state;
    assert_int_equal(offload.segments_max, 1);
    assert_false(offload.gro);
}

static void a_limit_is_applied(void **state) {
    (void)state;
    assert_int_equal(
        offload_decide(DGRAM_OFFLOAD_AUTO, 16, nothing, GOOD).segments_max, 16);
    assert_int_equal(
        offload_decide(DGRAM_OFFLOAD_ON, 1, nothing, GOOD).segments_max, 1);
    assert_true(offload_decide(DGRAM_OFFLOAD_ON, 1, nothing, GOOD).gro);
}

static void auto_stays_local_on_a_corrupting_kernel(void **state) {
    (void)state;
    assert_true(offload_decide(DGRAM_OFFLOAD_AUTO, 0, nothing, BAD).local_only);
    assert_true(offload_decide(DGRAM_OFFLOAD_AUTO, 0, nothing, BAD).gro);
    assert_false(offload_decide(DGRAM_OFFLOAD_ON, 0, nothing, BAD).local_only);
}

static void new_kernels_take_longer_messages(void **state) {
    (void)state;
    assert_int_equal(offload_segments_max(""), 64);
    assert_int_equal(offload_segments_max("6.8.12"), 64);
    assert_int_equal(offload_segments_max("6.9.0-rc1"), UINT32_MAX);
    assert_int_equal(offload_segments_max("10.0"), UINT32_MAX);
}

static void gro_mixes_headers_on_old_kernels(void **state) {
    static const char *const old[] = {GOOD, "6.8.12", "5.10", "", "4.19.0-1"};

    (void)state;
    for (size_t i = 0; i < sizeof old / sizeof old[0]; i++) {
        assert_true(offload_decide(DGRAM_OFFLOAD_AUTO, 0, nothing, old[i])
                        .gro_mixes_headers);
        assert_false(offload_decide(DGRAM_OFFLOAD_ON, 0, nothing, old[i])
                         .gro_mixes_headers);
    }
    assert_false(offload_decide(DGRAM_OFFLOAD_AUTO, 0, nothing, "6.9.0")
                     .gro_mixes_headers);
    assert_false(
        offload_decide(DGRAM_OFFLOAD_AUTO, 0, nothing, BAD).gro_mixes_headers);
}

static void releases_of_distributions_are_parsed(void **state) {
    static const char *const corrupt[] = {
        "7.0.0",       "7.0",         "7.0-rc1",      "7.0.0-14-generic",
        "7.0.12",      "7.1.0",       "7.1.4",        "7.1.4-arch1-1",
        "7.1-rc7-amd", "7.1.4+deb14", "7.0.99999999", "7.0.0.5",
        "7.1.3_custom"};
    static const char *const sound[] = {
        "6.18.44",   "6.99.99",      "7.1.5",  "7.1.5-rc1", "7.2", "7.10.0",
        "7.2.0-rc1", "8.0.1",        "70.0.0", "17.0.0",    "6",   "",
        "unknown",   "5.10.0-7.0.1", "7.1.40", "8"};

    (void)state;
    for (size_t i = 0; i < sizeof corrupt / sizeof corrupt[0]; i++)
        if (!offload_corrupts(corrupt[i]))
            fail_msg("%s is not known to corrupt", corrupt[i]);
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++)
        if (offload_corrupts(sound[i]))
            fail_msg("%s is said to corrupt", sound[i]);
}

static void the_environment_has_three_forms(void **state) {
    (void)state;
    assert_true(offload_parse("off").off);
    assert_true(offload_parse("on").on);
    assert_true(offload_parse("ON").on);
    assert_false(offload_parse("on").off);
    assert_int_equal(offload_parse("16").segments_max, 16);
    assert_int_equal(offload_parse("1").segments_max, 1);
    assert_false(offload_parse("1").off);
    assert_false(offload_parse("16").off);
    assert_int_equal(offload_parse("99999999999").segments_max, UINT32_MAX);
}

static void no_value_changes_nothing_and_an_unknown_one_is_off(void **state) {
    static const char *const unknown[] = {"0",   "00",  "no",  "false", "-1",
                                          " on", "on ", "1.5", "16k"};

    (void)state;
    assert_false(offload_parse(NULL).off);
    assert_false(offload_parse("auto").off);
    assert_false(offload_parse("auto").on);
    assert_false(offload_parse("").off);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        if (!offload_parse(unknown[i]).off)
            fail_msg("%s does not switch off", unknown[i]);
}

static void the_environment_is_read_once(void **state) {
    (void)state;
    setenv("DGRAM_OFFLOAD", "7", 1);
    assert_int_equal(offload_environment().segments_max, 7);
    setenv("DGRAM_OFFLOAD", "8", 1);
    assert_int_equal(offload_environment().segments_max, 7);
}

static void the_environment_overrides_the_program(void **state) {
    struct offload offload;

    (void)state;
    offload = offload_decide(DGRAM_OFFLOAD_ON, 0, offload_parse("off"), GOOD);
    assert_int_equal(offload.segments_max, 1);
    assert_false(offload.gro);
    offload = offload_decide(DGRAM_OFFLOAD_AUTO, 0, offload_parse("on"), BAD);
    assert_false(offload.local_only);
    /* A program may rely on having switched it off. */
    offload = offload_decide(DGRAM_OFFLOAD_OFF, 0, offload_parse("on"), GOOD);
    assert_int_equal(offload.segments_max, 1);
    offload = offload_decide(DGRAM_OFFLOAD_AUTO, 8, offload_parse("32"), BAD);
    assert_int_equal(offload.segments_max, 8);
    assert_true(offload.local_only);
    offload = offload_decide(DGRAM_OFFLOAD_AUTO, 0, offload_parse("32"), GOOD);
    assert_int_equal(offload.segments_max, 32);
    offload = offload_decide(DGRAM_OFFLOAD_AUTO, 64, offload_parse("32"), GOOD);
    assert_int_equal(offload.segments_max, 32);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auto_uses_what_the_kernel_has),
        cmocka_unit_test(off_uses_nothing),
        cmocka_unit_test(a_limit_is_applied),
        cmocka_unit_test(auto_stays_local_on_a_corrupting_kernel),
        cmocka_unit_test(new_kernels_take_longer_messages),
        cmocka_unit_test(gro_mixes_headers_on_old_kernels),
        cmocka_unit_test(releases_of_distributions_are_parsed),
        cmocka_unit_test(the_environment_has_three_forms),
        cmocka_unit_test(no_value_changes_nothing_and_an_unknown_one_is_off),
        cmocka_unit_test(the_environment_is_read_once),
        cmocka_unit_test(the_environment_overrides_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
