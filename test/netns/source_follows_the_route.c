/* A host with two interfaces sends from the address of that by which a datagram
   leaves. */
#include "netns.h"

static void arrives_from(const char *to, const char *from) {
    dgram_socket *receiver = new_bound_on(FAR, to);
    dgram_address address = address_of(to, port_of(receiver));
    bool v6 = address.any.sa_family == AF_INET6;
    dgram_socket *sender = new_bound_on(NEAR, v6 ? "::" : "0.0.0.0");
    char text[DGRAM_ADDRESS_TEXT_MAX];
    struct recorder recorder;

    record_events(&recorder, receiver);
    assert_int_equal(dgram_send(sender, "x", 1, &address, NULL, NULL), 0);
    run_until(&recorder.messages, 1);
    dgram_address_format(&recorder.message[0].from, text, sizeof text);
    assert_string_equal(text, from);
    dgram_close(receiver);
    dgram_close(sender);
    run_to_end();
}

static void over_ipv4(void **state) {
    (void)state;
    arrives_from("10.77.0.2", "10.77.0.1");
    arrives_from("10.78.0.2", "10.78.0.1");
}

static void over_ipv6(void **state) {
    (void)state;
    arrives_from("fd77::2", "fd77::1");
    arrives_from("fd78::2", "fd78::1");
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_LOOP(over_ipv4), IN_LOOP(over_ipv6)};

    create_hosts();
    add_second_wire();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
