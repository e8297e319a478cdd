/* The address of a link-local sender names its interface and can be used to
   answer. */
#include "netns.h"

static void sender_has_a_scope(void **state) {
    dgram_socket *receiver = new_bound_on(NEAR, "fe80::1%a0");
    dgram_socket *sender;
    dgram_address to;
    char text[DGRAM_ADDRESS_TEXT_MAX];
    struct recorder recorder, sender_recorder;

    (void)state;
    enter_host(FAR);
    to = address_of("fe80::1%b0", port_of(receiver));
    sender = new_socket(DGRAM_UDP6);
    assert_int_equal(dgram_bind_sync(sender, "fe80::2%b0", 0), 0);
    enter_host(NEAR);
    record_events(&recorder, receiver);
    record_events(&sender_recorder, sender);
    assert_int_not_equal(to.v6.sin6_scope_id, 0);
    assert_int_equal(dgram_send(sender, "hello", 5, &to, NULL, NULL), 0);
    run_until(&recorder.messages, 1);
    assert_int_equal(
        dgram_address_format(&recorder.message[0].from, text, sizeof text), 0);
    assert_string_equal(text, "fe80::2%a0");

    assert_int_equal(
        dgram_send_to(receiver, "back", 4, text, port_of(sender), NULL, NULL),
        0);
    run_until(&sender_recorder.messages, 1);
    assert_string_equal(sender_recorder.message[0].payload, "back");
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(sender_has_a_scope)};

    create_hosts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
