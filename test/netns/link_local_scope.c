/* A link-local sender is named with its interface, and can be answered by that
   name. */
#include "netns.h"

static void sender_has_a_scope(void **state) {
    dgram_socket *hearer = bound_on(NEAR, "fe80::1%a0");
    dgram_socket *speaker;
    dgram_address to;
    char text[DGRAM_ADDRESS_TEXT_MAX];
    struct ear ear, speaker_ear;

    (void)state;
    stand_on(FAR);
    to = address_of("fe80::1%b0", port_of(hearer));
    speaker = new_socket(DGRAM_UDP6);
    assert_int_equal(dgram_bind_sync(speaker, "fe80::2%b0", 0), 0);
    stand_on(NEAR);
    listen_with(&ear, hearer);
    listen_with(&speaker_ear, speaker);
    assert_int_not_equal(to.v6.sin6_scope_id, 0);
    assert_int_equal(dgram_send(speaker, "hello", 5, &to, NULL, NULL), 0);
    run_until(&ear.messages, 1);
    assert_int_equal(
        dgram_address_format(&ear.message[0].from, text, sizeof text), 0);
    assert_string_equal(text, "fe80::2%a0");

    assert_int_equal(
        dgram_send_to(hearer, "back", 4, text, port_of(speaker), NULL, NULL),
        0);
    run_until(&speaker_ear.messages, 1);
    assert_string_equal(speaker_ear.message[0].payload, "back");
    dgram_close(hearer);
    dgram_close(speaker);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(sender_has_a_scope)};

    hosts_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
