/* When an ICMP error may be pending on a connected socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "datapath/peer_errors.h"

#define MS 1000000u

static void none_is_expected_at_first(void **state) {
    struct peer_errors errors = {0};

    (void)state;
    assert_false(peer_errors_expected(&errors, 5));
}

static void after_connect_one_is_expected_from_the_first_message_on(
    void **state) {
    struct peer_errors errors = {0};
    uint64_t first = 7000u * (uint64_t)MS;

    (void)state;
    peer_errors_connected(&errors);
    assert_true(peer_errors_expected(&errors, first));
    assert_true(peer_errors_expected(&errors, first + 50u * MS - 1));
    assert_false(peer_errors_expected(&errors, first + 50u * MS));
    assert_false(peer_errors_expected(&errors, first));
}

static void after_an_error_more_are_expected_for_two_seconds(void **state) {
    struct peer_errors errors = {0};
    uint64_t now = 9000u * (uint64_t)MS;

    (void)state;
    peer_errors_seen(&errors, now);
    assert_true(peer_errors_expected(&errors, now));
    peer_errors_seen(&errors, now + 100u * MS);
    assert_true(peer_errors_expected(&errors, now + 2100u * (uint64_t)MS - 1));
    assert_false(peer_errors_expected(&errors, now + 2100u * (uint64_t)MS));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_is_expected_at_first),
        cmocka_unit_test(
            after_connect_one_is_expected_from_the_first_message_on),
        cmocka_unit_test(after_an_error_more_are_expected_for_two_seconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
