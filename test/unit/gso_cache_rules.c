/* Which GSO messages are not tried again, for which socket and host, and for
   how long. */
#include "harness.h"

#include "datapath/gso_cache.h"

static struct gso_cache cache;

static int begin(void **state) {
    (void)state;
    memset(&cache, 0, sizeof cache);
    return 0;
}

static void paths_of_other_hosts_are_unaffected(void **state) {
    dgram_address to = address_of("192.0.2.1", 1);
    dgram_address v6 = address_of("2001:db8::1", 1);
    dgram_address scoped = v6;
    char text[32];

    (void)state;
    gso_cache_refused(&cache, 1, &to, 100, UV_EIO, 1);
    for (int i = 2; i < 255; i++) {
        snprintf(text, sizeof text, "192.0.2.%d", i);
        to = address_of(text, 1);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 1),
                         UINT32_MAX);
    }
    gso_cache_refused(&cache, 1, &v6, 1232, UV_EINVAL, 1);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &v6, 1), 1231);
    scoped.v6.sin6_scope_id = 3;
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &scoped, 1),
                     UINT32_MAX);
}

static void a_path_is_forgotten_after_ten_minutes(void **state) {
    const uint64_t end = 1000 + 10 * 60 * 1000;
    dgram_address to = address_of("192.0.2.1", 1);

    (void)state;
    gso_cache_refused(&cache, 1, &to, 100, UV_EMSGSIZE, 1000);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, end - 1), 99);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, end),
                     UINT32_MAX);
}

static void other_sockets_are_unaffected(void **state) {
    dgram_address to = address_of("192.0.2.1", 1);

    (void)state;
    gso_cache_refused(&cache, 1, &to, 100, UV_EIO, 1);
    for (uint64_t owner = 2; owner < 300; owner++)
        assert_int_equal(gso_cache_segment_size_max(&cache, owner, &to, 1),
                         UINT32_MAX);
}

static void other_refusals_are_forgotten_after_ten_seconds(void **state) {
    static const int codes[] = {UV_EPERM, UV_ENOMEM, UV_ENOSYS, UV_ENOBUFS,
                                -524};
    dgram_address to = address_of("192.0.2.1", 1);

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        gso_cache_refused(&cache, 1, &to, 100, codes[i], 5);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 5), 0);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 10004), 0);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 10005),
                         UINT32_MAX);
    }
}

static void paths_of_several_hosts_are_remembered(void **state) {
    dgram_address one = address_of("192.0.2.1", 1);
    dgram_address second = address_of("192.0.2.2", 1);

    (void)state;
    gso_cache_refused(&cache, 1, &one, 100, UV_EMSGSIZE, 1);
    gso_cache_refused(&cache, 1, &second, 200, UV_EMSGSIZE, 1);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &one, 1), 99);
    assert_int_equal(gso_cache_segment_size_max(&cache, 1, &second, 1), 199);
}

/* Enough addresses for some to share the slot of the other family. */
static void families_are_distinguished(void **state) {
    dgram_address to = address_of("192.0.2.1", 1);
    char text[32];

    (void)state;
    gso_cache_refused(&cache, 1, &to, 100, UV_EIO, 1);
    for (int i = 0; i < 256; i++) {
        snprintf(text, sizeof text, "2001:db8::%x", (unsigned)i);
        to = address_of(text, 1);
        assert_int_equal(gso_cache_segment_size_max(&cache, 1, &to, 1),
                         UINT32_MAX);
    }
}

#define EMPTY(test) cmocka_unit_test_setup(test, begin)

int main(void) {
    const struct CMUnitTest tests[] = {
        EMPTY(paths_of_other_hosts_are_unaffected),
        EMPTY(a_path_is_forgotten_after_ten_minutes),
        EMPTY(other_sockets_are_unaffected),
        EMPTY(other_refusals_are_forgotten_after_ten_seconds),
        EMPTY(paths_of_several_hosts_are_remembered),
        EMPTY(families_are_distinguished),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
