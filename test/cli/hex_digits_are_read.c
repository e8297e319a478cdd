/* Hex digits of the user become bytes, and other text is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "args/hex.h"

static void expect(const char *text, const char *wanted, size_t wanted_length) {
    size_t size = strlen(text), length = 99;
    unsigned char *bytes = malloc(size / 2 + 1);

    assert_non_null(bytes);
    assert_true(hex_parse(text, size, bytes, &length));
    assert_int_equal(length, wanted_length);
    assert_memory_equal(bytes, wanted, wanted_length);
    free(bytes);
}

static void pairs_are_bytes(void **state) {
    (void)state;
    expect("", "", 0);
    expect("00", "\0", 1);
    expect("0123456789abcdefABCDEF",
           "\x01\x23\x45\x67\x89\xab\xcd\xef\xab\xcd\xef", 11);
}

static void blanks_are_ignored(void **state) {
    (void)state;
    expect("  0d 0A\t00\r\nff\n", "\x0d\x0a\0\xff", 4);
    expect(" \t\r\n", "", 0);
}

static void other_text_is_refused(void **state) {
    static const char *const wrong[] = {
        "0",  "000",  "0 0", "0x00", "0g", "g0",   "/0",
        "0/", ":0",   "0:",  "@0",   "0@", "`0",   "00-0",
        "é",  "00 1", "00,", "-1",   "+1", "1\v2", "0\n0",
    };
    unsigned char bytes[8];
    size_t length;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(hex_parse(wrong[i], strlen(wrong[i]), bytes, &length));
    assert_false(hex_parse("00\0", 3, bytes, &length));
}

static void the_place_of_an_error_is_known(void **state) {
    static const struct {
        const char *text;
        size_t offset;
    } wrong[] = {{"g0", 0}, {"00 1", 3}, {"00 1g 22", 3}, {"0011\n 0 0", 6}};
    unsigned char bytes[8];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *text = wrong[i].text;
        size_t offset = 99;

        assert_false(hex_parse(text, strlen(text), bytes, &offset));
        assert_int_equal(offset, wrong[i].offset);
    }
}

static void the_text_may_be_overwritten(void **state) {
    unsigned char text[] = "41 42\n43";
    size_t length = 0;

    (void)state;
    assert_true(hex_parse((const char *)text, 8, text, &length));
    assert_int_equal(length, 3);
    assert_memory_equal(text, "ABC", 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_bytes),
        cmocka_unit_test(blanks_are_ignored),
        cmocka_unit_test(other_text_is_refused),
        cmocka_unit_test(the_place_of_an_error_is_known),
        cmocka_unit_test(the_text_may_be_overwritten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
