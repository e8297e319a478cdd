/* A token is valid for one flood at one address, and for a short time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sink/token.h"

#define NOW 1000000u

static const struct token_key key = {UINT64_C(0x0706050403020100),
                                     UINT64_C(0x0f0e0d0c0b0a0908)};

static dgram_address address(const char *text, uint16_t port) {
    dgram_address result;

    assert_int_equal(dgram_address_parse(text, port, &result), 0);
    return result;
}

/* The test vectors of the paper and of its reference program. */
static void the_hash_is_siphash_2_4(void **state) {
    unsigned char bytes[15];

    (void)state;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    assert_int_equal(token_hash(&key, bytes, sizeof bytes),
                     UINT64_C(0xa129ca6149be45e5));
    assert_int_equal(token_hash(&key, bytes, 0), UINT64_C(0x726fdb47dd0e0e31));
    assert_int_equal(token_hash(&key, bytes, 8), UINT64_C(0x93f5f5799a932462));
}

static void of_one_address(void **state) {
    static const char *const texts[] = {"192.0.2.1", "192.0.2.2",
                                        "::ffff:192.0.2.1", "2001:db8::1"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        dgram_address from = address(texts[i], 7);
        uint64_t token = token_make(&key, &from, 1, NOW);

        for (size_t k = 0; k < 4; k++) {
            dgram_address other = address(texts[k], 7);
            assert_int_equal(token_is_valid(&key, &other, 1, NOW, token),
                             i == k);
        }
        from = address(texts[i], 8);
        assert_false(token_is_valid(&key, &from, 1, NOW, token));
    }
}

static void of_one_flood_and_sink(void **state) {
    const struct token_key other = {key.low, key.high + 1};
    dgram_address from = address("192.0.2.1", 7);
    uint64_t token = token_make(&key, &from, 1, NOW);

    (void)state;
    assert_true(token_is_valid(&key, &from, 1, NOW, token));
    assert_false(token_is_valid(&key, &from, 2, NOW, token));
    assert_false(token_is_valid(&other, &from, 1, NOW, token));
    assert_false(token_is_valid(&key, &from, 1, NOW, token + 1));
    assert_false(token_is_valid(&key, &from, 1, NOW, 0));
    assert_false(token_is_valid(&key, &from, 1, 0, 0));
}

static void for_one_to_two_periods(void **state) {
    dgram_address from = address("192.0.2.1", 7);
    uint64_t start = NOW / TOKEN_PERIOD_MS * TOKEN_PERIOD_MS;
    uint64_t token = token_make(&key, &from, 1, start);

    (void)state;
    assert_int_equal(token_make(&key, &from, 1, start + TOKEN_PERIOD_MS - 1),
                     token);
    assert_true(
        token_is_valid(&key, &from, 1, start + 2 * TOKEN_PERIOD_MS - 1, token));
    assert_false(
        token_is_valid(&key, &from, 1, start + 2 * TOKEN_PERIOD_MS, token));
    assert_false(token_is_valid(&key, &from, 1, start - 1, token));
}

static void keys_differ(void **state) {
    struct token_key a, b;

    (void)state;
    assert_int_equal(token_key_begin(&a), 0);
    assert_int_equal(token_key_begin(&b), 0);
    assert_false(a.low == b.low && a.high == b.high);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_siphash_2_4),
        cmocka_unit_test(of_one_address),
        cmocka_unit_test(of_one_flood_and_sink),
        cmocka_unit_test(for_one_to_two_periods),
        cmocka_unit_test(keys_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
