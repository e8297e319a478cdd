#include "harness.h"

#include "util/error.h"

static void every_code_has_a_name_and_a_text(void **unused) {
    (void)unused;
#define CHECK(name, value, text)                                               \
    assert_string_equal(dgram_err_name(value), #name);                         \
    assert_string_equal(dgram_strerror(value), text);
    DGRAM_ERRORS(CHECK)
#undef CHECK
#define CHECK(name, text)                                                      \
    if (UV_##name != UV_EAI_NONAME && UV_##name != UV_EAI_NODATA)              \
        assert_string_equal(dgram_err_name(UV_##name), #name);                 \
    assert_string_equal(dgram_strerror(UV_##name), text);
    UV_ERRNO_MAP(CHECK)
#undef CHECK
    assert_string_equal(dgram_err_name(UV_EAI_NONAME), "ENOTFOUND");
    assert_string_equal(dgram_err_name(UV_EAI_NODATA), "ENOTFOUND");
    assert_string_equal(dgram_err_name(12345), "UNKNOWN");
    assert_string_equal(dgram_strerror(12345), "unknown error");
    assert_string_equal(dgram_version(), DGRAM_VERSION_STRING);
}

static void check(dgram_error error, const char *expected) {
    char text[200], short_text[8];

    assert_int_equal(dgram_error_format(&error, text, sizeof text),
                     strlen(expected));
    assert_string_equal(text, expected);
    assert_int_equal(dgram_error_format(&error, short_text, sizeof short_text),
                     strlen(expected));
    assert_int_equal(strlen(short_text), sizeof short_text - 1);
    assert_memory_equal(short_text, expected, sizeof short_text - 1);
    assert_int_equal(dgram_error_format(&error, NULL, 0), strlen(expected));
}

static void a_format_names_what_is_known(void **unused) {
    (void)unused;
    check((dgram_error){UV_EADDRINUSE, 0, "bind", "0.0.0.0", 53},
          "bind EADDRINUSE 0.0.0.0:53");
    check((dgram_error){UV_EADDRINUSE, 0, "bind", "::", 1},
          "bind EADDRINUSE :::1");
    check((dgram_error){UV_EADDRNOTAVAIL, 0, "bind", "10.0.0.1", 0},
          "bind EADDRNOTAVAIL 10.0.0.1");
    check((dgram_error){UV_ECONNREFUSED, 0, "recvmsg", "", 0},
          "recvmsg ECONNREFUSED");
    check((dgram_error){DGRAM_ERR_SOCKET_BAD_PORT, 0, "", "", 0},
          "ERR_SOCKET_BAD_PORT: Port should be > 0 and < 65536");
    check((dgram_error){DGRAM_ERR_SOCKET_BUFFER_SIZE, UV_EBADF,
                        "uv_recv_buffer_size", "", 0},
          "Could not get or set buffer size: uv_recv_buffer_size returned "
          "EBADF (bad file descriptor)");
}

static void a_record_has_all_members(void **unused) {
    struct error_record record;
    dgram_address v6 = address_of("2001:db8::1", 7);

    (void)unused;
    memset(&record, 0xa5, sizeof record);
    assert_int_equal(error_set(&record, UV_EPERM, "sendmsg"), UV_EPERM);
    check(record.public, "sendmsg EPERM");
    assert_int_equal(record.public.port, 0);
    assert_string_equal(record.public.address, "");
    memset(&record, 0xa5, sizeof record);
    assert_int_equal(error_set_address(&record, UV_EACCES, "bind", &v6),
                     UV_EACCES);
    check(record.public, "bind EACCES 2001:db8::1:7");
    assert_int_equal(record.public.cause, 0);
    error_set_host(&record, UV_EAI_NONAME, "getaddrinfo", "a.invalid", 1);
    check(record.public, "getaddrinfo ENOTFOUND a.invalid:1");
    /* The record's own text may be the argument. */
    error_set_host(&record, UV_EAI_AGAIN, "getaddrinfo", record.address, 0);
    check(record.public, "getaddrinfo EAI_AGAIN a.invalid");
    v6.any.sa_family = AF_UNIX;
    v6.v4.sin_port = 0;
    memset(&record, 0xa5, sizeof record);
    error_set_address(&record, UV_EINVAL, "connect", &v6);
    check(record.public, "connect EINVAL");
}

static void a_long_host_is_truncated(void **unused) {
    struct error_record record;
    char host[DGRAM_HOST_TEXT_MAX + 2];
    size_t most = sizeof record.address - 1;

    (void)unused;
    for (size_t length = most - 1; length < sizeof host; length++) {
        size_t kept = length < most ? length : most;

        memset(host, 'h', length);
        host[length] = '\0';
        memset(&record, 0xa5, sizeof record);
        error_set_host(&record, UV_EINVAL, "getaddrinfo", host, 0);
        assert_int_equal(strlen(record.address), kept);
        assert_memory_equal(record.address, host, kept);
        assert_ptr_equal(record.public.address, record.address);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_a_name_and_a_text),
        cmocka_unit_test(a_format_names_what_is_known),
        cmocka_unit_test(a_record_has_all_members),
        cmocka_unit_test(a_long_host_is_truncated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
