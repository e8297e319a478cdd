/* Control datagrams are read as they were written, and nothing else is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure/control.h"

static const struct control_question question = {
    .head = {.version = CONTROL_VERSION,
             .kind = CONTROL_START,
             .number = 0x01020304,
             .flood = UINT64_C(0x1112131415161718),
             .stream = 0x2122,
             .token = UINT64_C(0x3132333435363738)},
    .flags = CONTROL_CHECK | CONTROL_BACK,
    .stamps = 0x41424344,
    .back_size = 65507,
    .back_rate = UINT64_MAX,
    .back_ms = UINT64_C(0x5152535455565758),
    .sent = UINT64_C(0x6162636465666768),
};

static const struct control_answer answer = {
    .head = {.version = CONTROL_VERSION,
             .kind = CONTROL_RESULT,
             .number = UINT32_MAX,
             .flood = UINT64_MAX,
             .stream = UINT16_MAX,
             .token = 1},
    .reason = CONTROL_FORGOTTEN,
    .back_sent = 11,
    .back_limit = 12,
    .counts = {1, 2, 3, 4, 5, 6, 7, 8, CONTROL_UNKNOWN},
};

static void expect_head(const struct control_head *a,
                        const struct control_head *b) {
    assert_int_equal(a->version, b->version);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->flood, b->flood);
    assert_int_equal(a->stream, b->stream);
    assert_int_equal(a->token, b->token);
}

static void questions_are_read(void **state) {
    unsigned char bytes[CONTROL_SIZE];
    struct control_question read;

    (void)state;
    control_write_question(bytes, &question);
    assert_true(control_read_question(bytes, sizeof bytes, &read));
    expect_head(&read.head, &question.head);
    assert_int_equal(read.flags, question.flags);
    assert_int_equal(read.stamps, question.stamps);
    assert_int_equal(read.back_size, question.back_size);
    assert_int_equal(read.back_rate, question.back_rate);
    assert_int_equal(read.back_ms, question.back_ms);
    assert_int_equal(read.sent, question.sent);
}

static void answers_are_read(void **state) {
    unsigned char bytes[CONTROL_SIZE];
    struct control_answer read;

    (void)state;
    control_write_answer(bytes, &answer);
    assert_true(control_read_answer(bytes, sizeof bytes, &read));
    expect_head(&read.head, &answer.head);
    assert_int_equal(read.reason, answer.reason);
    assert_int_equal(read.back_sent, 11);
    assert_int_equal(read.back_limit, 12);
    assert_memory_equal(&read.counts, &answer.counts, sizeof read.counts);
}

/* A release must understand the others. */
static void the_bytes_are_those_of_each_release(void **state) {
    static const unsigned char expected[] =
        "dgramctl\1\2\0\3\1\2\3\4\x11\x12\x13\x14\x15\x16\x17\x18"
        "\x31\x32\x33\x34\x35\x36\x37\x38\x21\x22\xff\xe3\x41\x42\x43\x44"
        "\xff\xff\xff\xff\xff\xff\xff\xff\x51\x52\x53\x54\x55\x56\x57\x58"
        "\x61\x62\x63\x64\x65\x66\x67\x68";
    unsigned char bytes[CONTROL_SIZE];

    (void)state;
    control_write_question(bytes, &question);
    assert_memory_equal(bytes, expected, sizeof expected - 1);
    for (size_t i = sizeof expected - 1; i < sizeof bytes; i++)
        assert_int_equal(bytes[i], 0);
}

/* So two sinks cannot answer each other for ever. */
static void a_direction_is_not_the_other(void **state) {
    unsigned char bytes[CONTROL_SIZE];
    struct control_question read_question;
    struct control_answer read_answer;

    (void)state;
    control_write_question(bytes, &question);
    for (int kind = 0; kind < 256; kind++) {
        bytes[9] = (unsigned char)kind;
        assert_int_equal(
            control_read_question(bytes, sizeof bytes, &read_question),
            kind >= CONTROL_HELLO && kind <= CONTROL_END);
        assert_int_equal(control_read_answer(bytes, sizeof bytes, &read_answer),
                         kind >= CONTROL_TOKEN && kind <= CONTROL_REFUSED);
    }
}

static void other_datagrams_are_none(void **state) {
    unsigned char bytes[CONTROL_SIZE + 1] = {0};
    struct control_question read;
    struct control_head head;

    (void)state;
    control_write_question(bytes, &question);
    for (size_t length = 0; length <= sizeof bytes; length++)
        assert_int_equal(control_read_question(bytes, length, &read),
                         length == CONTROL_SIZE);
    bytes[8]++;
    assert_false(control_read_question(bytes, CONTROL_SIZE, &read));
    assert_true(control_read_head(bytes, CONTROL_SIZE, &head));
    bytes[8]--;
    for (int i = 0; i < 8; i++) {
        bytes[i] ^= 1;
        assert_false(control_read_head(bytes, CONTROL_SIZE, &head));
        bytes[i] ^= 1;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_are_read),
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(the_bytes_are_those_of_each_release),
        cmocka_unit_test(a_direction_is_not_the_other),
        cmocka_unit_test(other_datagrams_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
