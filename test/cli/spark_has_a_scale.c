/* A sparkline shows small and large differences, and what was lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ping/spark.h"

#define ON "<"
#define OFF ">"

static char out[SPARK_TEXT_MAX];

static const char *drawn(const double *values, size_t count, bool utf8,
                         size_t size) {
    const struct spark spark = {.values = values,
                                .count = count,
                                .utf8 = utf8,
                                .lost_on = ON,
                                .lost_off = OFF};

    spark_write(&spark, out, size);
    return out;
}

#define DRAW(utf8, ...)                                                        \
    drawn((const double[]){__VA_ARGS__},                                       \
          sizeof((const double[]){__VA_ARGS__}) / sizeof(double), utf8,        \
          sizeof out)

/* The greatest is 256 times the least, so each bar spans a factor of 2. */
static void each_level_has_a_bar(void **state) {
    (void)state;
    assert_string_equal(DRAW(true, 1, 2.1, 4.1, 8.1, 16.1, 32.1, 64.1, 256),
                        "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588");
    assert_string_equal(DRAW(false, 1, 2.1, 4.1, 8.1, 16.1, 32.1, 64.1, 256),
                        "_.-~=+*#");
}

static void small_differences_look_small(void **state) {
    (void)state;
    assert_string_equal(DRAW(false, 20, 20.1, 20.9), "___");
    assert_string_equal(DRAW(false, 20, 39.9), "_#");
    assert_string_equal(DRAW(false, 0, 0), "__");
}

static void one_long_bar_leaves_the_others_different(void **state) {
    (void)state;
    assert_string_equal(DRAW(false, 1, 5, 1, 1000), "_._#");
}

static void lost_ones_are_marked(void **state) {
    (void)state;
    assert_string_equal(
        DRAW(false, SPARK_LOST, SPARK_LOST, 1, SPARK_LOST, SPARK_PENDING),
        "<!!>_<!> ");
    assert_string_equal(DRAW(true, SPARK_LOST), "<!>");
    assert_string_equal(drawn(NULL, 0, true, sizeof out), "");
}

/* A mark never remains open. */
static void too_long_texts_are_cut(void **state) {
    const double values[] = {1, SPARK_LOST, SPARK_LOST, 1};

    (void)state;
    for (size_t size = 1; size < 10; size++) {
        const char *text = drawn(values, 4, false, size);

        assert_true(strlen(text) < size);
        assert_true((strchr(text, '<') == NULL) == (strchr(text, '>') == NULL));
    }
    assert_string_equal(drawn(values, 4, false, 5), "_<!>");
}

/* The worst case fits: every second one is lost. */
static void the_longest_text_fits(void **state) {
    double values[SPARK_MAX];
    const struct spark spark = {.values = values,
                                .count = SPARK_MAX,
                                .utf8 = true,
                                .lost_on = "\x1b[1;31m",
                                .lost_off = "\x1b[0m"};

    (void)state;
    for (size_t i = 0; i < SPARK_MAX; i++)
        values[i] = i % 2 == 0 ? SPARK_LOST : 1;
    spark_write(&spark, out, sizeof out);
    assert_int_equal(strlen(out), SPARK_MAX / 2 * (7 + 1 + 4 + 3));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_level_has_a_bar),
        cmocka_unit_test(small_differences_look_small),
        cmocka_unit_test(one_long_bar_leaves_the_others_different),
        cmocka_unit_test(lost_ones_are_marked),
        cmocka_unit_test(too_long_texts_are_cut),
        cmocka_unit_test(the_longest_text_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
