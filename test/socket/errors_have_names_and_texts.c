/* Every code has a name, spelled as in Node, and a text that explains it. */
#include "harness.h"

static void misuse_has_the_names_of_node(void **state) {
    (void)state;
#define CHECK(name, value, text)                                               \
    assert_int_equal(DGRAM_##name, value);                                     \
    assert_true(DGRAM_##name < 0);                                             \
    assert_string_equal(dgram_err_name(DGRAM_##name), #name);                  \
    assert_string_equal(dgram_strerror(DGRAM_##name), text);
    DGRAM_ERRORS(CHECK)
#undef CHECK
}

static void system_codes_have_the_names_of_libuv(void **state) {
    (void)state;
#define CHECK(name, text)                                                      \
    if (strncmp(#name, "EAI_", 4) != 0)                                        \
        assert_string_equal(dgram_err_name(UV_##name), #name);                 \
    assert_true(strlen(dgram_strerror(UV_##name)) > 0);                        \
    assert_null(strchr(dgram_strerror(UV_##name), '\n'));
    UV_ERRNO_MAP(CHECK)
#undef CHECK
    assert_string_equal(dgram_err_name(UV_EAI_AGAIN), "EAI_AGAIN");
}

static void no_code_collides_with_libuv(void **state) {
    static const int misuse[] = {
#define LIST(name, value, text) value,
        DGRAM_ERRORS(LIST)
#undef LIST
    };

    (void)state;
    for (size_t i = 0; i < sizeof misuse / sizeof misuse[0]; i++) {
#define CHECK(name, text) assert_int_not_equal(misuse[i], UV_##name);
        UV_ERRNO_MAP(CHECK)
#undef CHECK
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(misuse[i], misuse[k]);
    }
}

static void unknown_codes_have_a_name(void **state) {
    static const int strange[] = {0,     1,       42,        -4999,    -5000,
                                  -5015, -123456, INT32_MAX, INT32_MIN};

    (void)state;
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        assert_non_null(dgram_err_name(strange[i]));
        assert_non_null(dgram_strerror(strange[i]));
        assert_true(strlen(dgram_err_name(strange[i])) > 0);
        assert_true(strlen(dgram_strerror(strange[i])) > 0);
        /* Static: it is the same, and still there, after other calls. */
        assert_ptr_equal(dgram_err_name(strange[i]),
                         dgram_err_name(strange[i]));
    }
}

static void check_text(const dgram_error *error, const char *expected) {
    int length = (int)strlen(expected);
    char text[128];

    assert_int_equal(dgram_error_format(error, NULL, 0), length);
    for (size_t size = 1; size < sizeof text; size++) {
        memset(text, '#', sizeof text);
        assert_int_equal(dgram_error_format(error, text, size), length);
        assert_int_equal(text[size], '#');
        assert_int_equal(strncmp(text, expected, size - 1), 0);
        assert_int_equal(strlen(text),
                         (size_t)length < size ? (size_t)length : size - 1);
    }
}

static void errors_format_as_in_node(void **state) {
    (void)state;
    check_text(&(dgram_error){.code = UV_EADDRINUSE,
                              .syscall = "bind",
                              .address = "0.0.0.0",
                              .port = 53},
               "bind EADDRINUSE 0.0.0.0:53");
    check_text(&(dgram_error){.code = UV_EINVAL,
                              .syscall = "bind",
                              .address = "::1",
                              .port = 45111},
               "bind EINVAL ::1:45111");
    check_text(&(dgram_error){.code = UV_EADDRNOTAVAIL,
                              .syscall = "bind",
                              .address = "192.0.2.1"},
               "bind EADDRNOTAVAIL 192.0.2.1");
    check_text(&(dgram_error){.code = UV_ECONNREFUSED,
                              .syscall = "recvmsg",
                              .address = ""},
               "recvmsg ECONNREFUSED");
    check_text(&(dgram_error){.code = UV_EAI_AGAIN,
                              .syscall = "getaddrinfo",
                              .address = "some.name"},
               "getaddrinfo EAI_AGAIN some.name");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misuse_has_the_names_of_node),
        cmocka_unit_test(system_codes_have_the_names_of_libuv),
        cmocka_unit_test(no_code_collides_with_libuv),
        cmocka_unit_test(unknown_codes_have_a_name),
        cmocka_unit_test(errors_format_as_in_node),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
