/* A source-specific membership receives its sources and no other sender. All of
   127/8 is local, so sources differ by address. */
#include "peer.h"

#define GROUP "232.77.77.77"
#define INTERFACE "127.0.0.1"

static dgram_socket *new_source(const char *address) {
    dgram_socket *source = new_socket(DGRAM_UDP4);

    assert_int_equal(dgram_bind_sync(source, address, 0), 0);
    assert_int_equal(dgram_set_multicast_interface(source, INTERFACE), 0);
    return source;
}

/* Sends its text to the group and the member's port. */
static void say(dgram_socket *source, const char *text, dgram_socket *member) {
    dgram_address group = address_of(GROUP, port_of(member));
    struct sent sent = {0};

    assert_int_equal(
        dgram_send(source, text, strlen(text), &group, note_sent, &sent), 0);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, strlen(text));
}

static int add(dgram_socket *member, const char *source) {
    return dgram_add_source_specific_membership(member, source, GROUP,
                                                INTERFACE);
}

static int drop(dgram_socket *member, const char *source) {
    return dgram_drop_source_specific_membership(member, source, GROUP,
                                                 INTERFACE);
}

static void one_source_two_none(void **state) {
    dgram_socket *member = new_socket(DGRAM_UDP4);
    dgram_socket *two = new_source("127.0.0.2");
    dgram_socket *three = new_source("127.0.0.3");
    dgram_address direct;
    struct recorder recorder;

    (void)state;
    record_events(&recorder, member);
    assert_int_equal(add(member, "127.0.0.2"), 0);
    for (int i = 1; i <= 5; i++) {
        say(three, "no", member);
        say(two, "2", member);
        run_until(&recorder.messages, i);
        assert_string_equal(recorder.message[i - 1].payload, "2");
    }
    assert_int_equal(add(member, "127.0.0.3"), 0);
    say(three, "3", member);
    run_until(&recorder.messages, 6);
    assert_string_equal(recorder.message[5].payload, "3");

    assert_int_equal(drop(member, "127.0.0.2"), 0);
    assert_int_equal(drop(member, "127.0.0.3"), 0);
    say(two, "no", member);
    say(three, "no", member);
    direct = loopback_of(member);
    assert_int_equal(dgram_send(two, "direct", 6, &direct, NULL, NULL), 0);
    run_until(&recorder.messages, 7);
    assert_string_equal(recorder.message[6].payload, "direct");
    dgram_close(member);
    dgram_close(two);
    dgram_close(three);
    run_to_end();
    assert_string_equal(recorder.log, "lmmmmmmmx");
}

static void a_group_is_joined_one_way_at_a_time(void **state) {
    dgram_socket *member = new_bound(DGRAM_UDP4);

    (void)state;
    assert_int_equal(add(member, "127.0.0.2"), 0);
    assert_int_equal(add(member, "127.0.0.3"), 0);
    assert_int_equal(dgram_add_membership(member, GROUP, INTERFACE),
                     UV_EADDRINUSE);
    assert_int_equal(dgram_drop_membership(member, GROUP, INTERFACE), 0);
    assert_int_equal(drop(member, "127.0.0.2"), UV_EINVAL);
    assert_int_equal(dgram_add_membership(member, GROUP, INTERFACE), 0);
    dgram_close(member);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(one_source_two_none),
        IN_LOOP(a_group_is_joined_one_way_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
