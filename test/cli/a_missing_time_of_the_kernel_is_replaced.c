/* --timestamps=kernel where the system reports no time for a datagram. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "args/common.h"
#include "output/messages.h"
#include "output/output.h"

static struct session session = {.verb = "test"};

/* Returns what is printed of a datagram with this information. */
static char *print(struct messages *messages, const dgram_receive_info *info) {
    dgram_address from;
    const dgram_message message = {.payload = (const unsigned char *)"x",
                                   .from = &from,
                                   .length = 1,
                                   .info = info};
    char *text = NULL;
    size_t size = 0;

    assert_int_equal(dgram_address_parse("192.0.2.1", 9, &from), 0);
    output = open_memstream(&text, &size);
    assert_non_null(output);
    messages_print(messages, &message, NULL);
    assert_int_equal(fclose(output), 0);
    return text;
}

/* The time of the command has six decimals. */
static void a_line_has_the_time_of_the_command(void **state) {
    struct messages messages = {
        .clock = MESSAGES_KERNEL, .head = "got", .session = &session};
    const dgram_receive_info other = {.valid = DGRAM_INFO_TTL, .ttl = 7};
    const dgram_receive_info time = {.valid = DGRAM_INFO_TIMESTAMP,
                                     .timestamp_ns = 1};
    char *text = print(&messages, &time);

    (void)state;
    assert_string_equal(
        text, "1970-01-01T00:00:00.000000001Z got: x from 192.0.2.1:9\n");
    assert_false(messages.lacks_clock);
    free(text);
    for (int i = 0; i < 2; i++) {
        text = print(&messages, i == 0 ? NULL : &other);
        assert_int_equal(strcspn(text, "Z"),
                         strlen("1970-01-01T00:00:00.000000"));
        assert_string_equal(strchr(text, ' '), " got: x from 192.0.2.1:9\n");
        assert_true(messages.lacks_clock);
        free(text);
    }
}

static void an_object_has_none(void **state) {
    struct messages messages = {.clock = MESSAGES_KERNEL, .session = &session};
    char *text;

    (void)state;
    common.json = true;
    text = print(&messages, NULL);
    common.json = false;
    assert_null(strstr(text, "timestamp"));
    assert_non_null(strstr(text, "\"time\":"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_the_time_of_the_command),
        cmocka_unit_test(an_object_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
