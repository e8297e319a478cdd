/* What dgram send sends: texts, lines and whole files, with ends of lines, in
   hex, and again and again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "args/options.h"
#include "send/payloads.h"

static uv_loop_t loop;
static struct payloads it;
static FILE *file;
static char path[] = "/tmp/dgram-test-XXXXXX";

static void ready(void) {
}

static void forget(void) {
    memset(&it, 0, sizeof it);
    it.repeat = 1;
}

/* Begins with the options in `it` and a file with this text. */
static void begin_file(const char *text) {
    rewind(file);
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    fputs(text, file);
    fflush(file);
    it.file = path;
    assert_int_equal(payloads_check(&it, NULL, 0), 0);
    assert_int_equal(payloads_open(&it), 0);
    payloads_start(&it, &loop, ready);
}

static void begin_texts(char **texts, int count) {
    assert_int_equal(payloads_check(&it, texts, count), 0);
    assert_int_equal(payloads_open(&it), 0);
    payloads_start(&it, &loop, ready);
}

static void expect(const char *wanted, size_t wanted_length) {
    const char *payload;
    size_t length;

    assert_int_equal(payloads_next(&it, &payload, &length), 1);
    assert_int_equal(length, wanted_length);
    assert_memory_equal(payload, wanted, length);
}

static void expect_text(const char *wanted) {
    expect(wanted, strlen(wanted));
}

static void expect_code(int code) {
    const char *payload;
    size_t length;

    assert_int_equal(payloads_next(&it, &payload, &length), code);
}

static void expect_place(uint64_t line, size_t column) {
    uint64_t wrong_line;
    size_t wrong_column;

    expect_code(PAYLOADS_NO_HEX);
    payloads_locate(&it, &wrong_line, &wrong_column);
    assert_int_equal(wrong_line, line);
    assert_int_equal(wrong_column, column);
}

static void expect_end(void) {
    expect_code(0);
    payloads_stop(&it);
    payloads_close(&it);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static void lines_end_as_the_option_says(void **state) {
    (void)state;
    begin_file("a\nb\r\n\r\n\nc\r");
    expect_text("a");
    expect_text("b");
    expect_text("");
    expect_text("");
    expect_text("c\r");
    expect_end();
    forget();
    it.eol = EOL_KEEP;
    begin_file("a\nb\r\nc");
    expect_text("a\n");
    expect_text("b\r\n");
    expect_text("c");
    expect_end();
}

static void lines_get_another_end(void **state) {
    (void)state;
    it.eol = EOL_CRLF;
    begin_file("a\n\nb\r\nc");
    expect_text("a\r\n");
    expect_text("\r\n");
    expect_text("b\r\n");
    expect_text("c\r\n");
    expect_end();
}

static void lines_get_a_line_feed(void **state) {
    (void)state;
    it.eol = EOL_LF;
    begin_file("a\r\nc");
    expect_text("a\n");
    expect_text("c\n");
    expect_end();
}

static void texts_are_as_the_user_wrote_them(void **state) {
    char *texts[] = {"a\r\n", "", "b"};

    (void)state;
    begin_texts(texts, 3);
    expect_text("a\r\n");
    expect_text("");
    expect_text("b");
    assert_int_equal(it.number, 3);
    expect_end();
}

static void texts_get_an_end(void **state) {
    char *texts[] = {"a\r\n", "", "b"};

    (void)state;
    it.eol = EOL_LF;
    begin_texts(texts, 3);
    expect_text("a\n");
    expect_text("\n");
    expect_text("b\n");
    expect_end();
}

static void whole_input_is_unchanged(void **state) {
    (void)state;
    it.whole = true;
    it.repeat = 3;
    begin_file("a\r\n\nb\n");
    expect_text("a\r\n\nb\n");
    expect_text("a\r\n\nb\n");
    assert_int_equal(it.rounds, 1);
    expect_text("a\r\n\nb\n");
    expect_end();
}

static void an_empty_whole_input_is_a_datagram(void **state) {
    (void)state;
    it.whole = true;
    begin_file("");
    expect_text("");
    expect_end();
}

static void hex_lines_are_bytes(void **state) {
    (void)state;
    it.hex = true;
    begin_file("00 ff\r\n\n0\nzz\n4142\n12 3x\nff");
    expect("\0\xff", 2);
    expect("", 0);
    expect_place(3, 1);
    expect_place(4, 1);
    expect_text("AB");
    expect_place(6, 4);
    expect("\xff", 1);
    expect_end();
}

static void whole_hex_has_lines(void **state) {
    (void)state;
    it.hex = it.whole = true;
    it.repeat = 2;
    begin_file("00 41\n42\n");
    expect("\0AB", 3);
    expect("\0AB", 3);
    expect_end();
}

static void an_error_in_whole_hex_has_a_place(void **state) {
    (void)state;
    it.hex = it.whole = true;
    it.repeat = 0;
    begin_file("00 41\n42\n  4 2");
    expect_place(3, 3);
    expect_end();
}

static void hex_texts_are_checked_first(void **state) {
    char *texts[] = {"0a0b", "4 1"};

    (void)state;
    it.hex = true;
    assert_int_equal(payloads_check(&it, texts, 2), EXIT_USAGE);
    begin_texts(texts, 1);
    expect("\x0a\x0b", 2);
    expect_end();
}

static void lines_come_again(void **state) {
    (void)state;
    it.repeat = 3;
    begin_file("a\nb");
    for (uint64_t round = 0; round < 3; round++) {
        expect_text("a");
        assert_int_equal(it.number, 1);
        expect_text("b");
        assert_int_equal(it.number, 2);
        assert_int_equal(it.rounds, round);
    }
    expect_end();
}

static void texts_come_again_without_end(void **state) {
    char *texts[] = {"a", "b"};

    (void)state;
    it.repeat = 0;
    begin_texts(texts, 2);
    for (int round = 0; round < 1000; round++) {
        expect_text("a");
        expect_text("b");
    }
    payloads_stop(&it);
}

/* Otherwise nothing would be sent forever. */
static void rounds_without_a_payload_end(void **state) {
    (void)state;
    it.repeat = 0;
    begin_file("");
    expect_end();
    forget();
    it.repeat = 0;
    it.hex = true;
    begin_file("x\ny\n");
    expect_code(PAYLOADS_NO_HEX);
    expect_code(PAYLOADS_NO_HEX);
    expect_end();
}

static void a_line_that_is_too_long_is_no_end(void **state) {
    char *text = malloc(INPUT_PIECE_MAX + 8);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', INPUT_PIECE_MAX);
    strcpy(text + INPUT_PIECE_MAX, "\nb");
    it.eol = EOL_CRLF;
    begin_file(text);
    expect_code(UV_EMSGSIZE);
    while (payloads_next(&it, &it.payload, &it.length) == UV_EAGAIN)
        continue;
    assert_int_equal(it.number, 2);
    assert_memory_equal(it.payload, "b\r\n", 3);
    expect_end();
    forget();
    it.eol = EOL_CRLF;
    text[INPUT_PIECE_MAX - 1] = '\n';
    begin_file(text); /* the longest line gets a longer end */
    expect_code(1);
    assert_int_equal(it.length, INPUT_PIECE_MAX + 1);
    free(text);
    payloads_stop(&it);
    payloads_close(&it);
}

static void what_makes_no_sense_is_refused(void **state) {
    char *texts[] = {"a"};

    (void)state;
    it.file = path;
    assert_int_equal(payloads_check(&it, texts, 1), EXIT_USAGE);
    it.file = NULL;
    it.eol = EOL_KEEP;
    it.hex = true;
    assert_int_equal(payloads_check(&it, texts, 1), EXIT_USAGE);
    it.hex = false;
    it.whole = true;
    assert_int_equal(payloads_check(&it, texts, 1), EXIT_USAGE);
    assert_int_equal(payloads_check(&it, NULL, 0), EXIT_USAGE);
    it.eol = EOL_STRIP;
    assert_int_equal(payloads_check(&it, NULL, 0), 0);
    it.whole = false;
    it.repeat = 2;
    assert_int_equal(payloads_check(&it, NULL, 0), EXIT_USAGE);
    it.whole = true;
    assert_int_equal(payloads_check(&it, NULL, 0), 0);
}

static int set_up(void **state) {
    (void)state;
    forget();
    return uv_loop_init(&loop);
}

static int tear_down(void **state) {
    (void)state;
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

static int open_file(void **state) {
    int fd = mkstemp(path);

    (void)state;
    file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    return file != NULL ? 0 : -1;
}

static int close_file(void **state) {
    int result = fclose(file);

    (void)state;
    return unlink(path) == 0 ? result : -1;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(lines_end_as_the_option_says),
        CASE(lines_get_another_end),
        CASE(lines_get_a_line_feed),
        CASE(texts_are_as_the_user_wrote_them),
        CASE(texts_get_an_end),
        CASE(whole_input_is_unchanged),
        CASE(an_empty_whole_input_is_a_datagram),
        CASE(hex_lines_are_bytes),
        CASE(whole_hex_has_lines),
        CASE(an_error_in_whole_hex_has_a_place),
        CASE(hex_texts_are_checked_first),
        CASE(lines_come_again),
        CASE(texts_come_again_without_end),
        CASE(rounds_without_a_payload_end),
        CASE(a_line_that_is_too_long_is_no_end),
        CASE(what_makes_no_sense_is_refused),
    };

    return cmocka_run_group_tests(tests, open_file, close_file);
}
