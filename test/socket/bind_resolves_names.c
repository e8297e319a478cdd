/* A bind to a name uses the system's resolver or the socket's own. */
#include "peer.h"
#include "resolver.h"

static void the_system_knows_localhost(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    dgram_address here;
    char text[DGRAM_ADDRESS_TEXT_MAX];
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "localhost", 0), 0);
    assert_int_equal(dgram_get_local_address(socket, &here), UV_EBADF);
    run_until(&recorder.listening, 1);
    assert_int_equal(dgram_get_local_address(socket, &here), 0);
    dgram_address_format(&here, text, sizeof text);
    assert_string_equal(text, "127.0.0.1");
    dgram_close(socket);
    run_to_end();
}

static void an_answer_inside_the_call_or_later(dgram_type type) {
    for (int later = 0; later <= 1; later++) {
        struct resolver resolver = {.later = later};
        dgram_socket *socket = new_resolving(type, &resolver);
        struct recorder recorder;

        record_events(&recorder, socket);
        assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
        assert_int_equal(recorder.listening, 0);
        run_until(&resolver.asked, 1);
        assert_string_equal(resolver.host, "some.name");
        assert_int_equal(resolver.type, type);
        if (later) {
            assert_int_equal(recorder.listening, 0);
            resolver_answer(&resolver);
        }
        run_until(&recorder.listening, 1);
        assert_int_not_equal(port_of(socket), 1);
        dgram_close(socket);
        run_to_end();
        assert_int_equal(resolver.asked, 1);
        assert_int_equal(resolver.cancelled, 0);
        assert_string_equal(recorder.log, "lx");
    }
}
BOTH(an_answer_inside_the_call_or_later)

static void numeric_addresses_need_no_resolver(dgram_type type) {
    struct resolver resolver = {0};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(resolver.asked, 0);
    dgram_close(socket);
    run_to_end();
}
BOTH(numeric_addresses_need_no_resolver)

static void a_failure_leaves_it_unbound(dgram_type type) {
    struct resolver resolver = {.status = UV_EAI_AGAIN};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "no.such.name", 5), 0);
    run_until(&recorder.errors, 1);
    assert_int_equal(recorder.error, UV_EAI_AGAIN);
    assert_string_equal(recorder.error_text,
                        "getaddrinfo EAI_AGAIN no.such.name");

    resolver.refusal = UV_ENOSYS;
    assert_int_equal(dgram_bind(socket, "refused.name", 5), 0);
    run_until(&recorder.errors, 2);
    assert_int_equal(recorder.error, UV_ENOSYS);
    assert_string_equal(recorder.error_text, "getaddrinfo ENOSYS refused.name");

    resolver.refusal = resolver.status = 0;
    assert_int_equal(dgram_bind(socket, "now.there", 0), 0);
    run_until(&recorder.listening, 1);
    dgram_close(socket);
    run_to_end();
    assert_string_equal(recorder.log, "eelx");
}
BOTH(a_failure_leaves_it_unbound)

static void an_unknown_name_is_named_as_in_node(dgram_type type) {
    struct resolver resolver = {.status = UV_EAI_NONAME};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "no.such.name", 5), 0);
    run_until(&recorder.errors, 1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(recorder.error, UV_EAI_NONAME);
    assert_string_equal(recorder.error_text,
                        "getaddrinfo ENOTFOUND no.such.name");
}
BOTH(an_unknown_name_is_named_as_in_node)

static void an_answer_of_the_other_family_fails(dgram_type type) {
    struct resolver resolver = {
        .as = loopback(type == DGRAM_UDP6 ? DGRAM_UDP4 : DGRAM_UDP6)};
    dgram_socket *socket = new_resolving(type, &resolver);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "other.family", 0), 0);
    run_until(&recorder.errors, 1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(recorder.error, UV_EINVAL);
}
BOTH(an_answer_of_the_other_family_fails)

static void close_cancels_and_nothing_follows(dgram_type type) {
    struct resolver resolver = {.later = 1};
    struct resolver closing = {.close_inside = 1};
    dgram_socket *socket = new_resolving(type, &resolver);
    dgram_socket *other = new_resolving(type, &closing);
    struct recorder recorders[2];

    record_events(&recorders[0], socket);
    record_events(&recorders[1], other);
    assert_int_equal(dgram_bind(socket, "slow.name", 0), 0);
    assert_int_equal(dgram_bind(other, "closing.name", 0), 0);
    run_until(&resolver.asked, 1);
    run_until(&closing.asked, 1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(resolver.cancelled, 1);
    assert_string_equal(recorders[0].log, "x");
    assert_string_equal(recorders[1].log, "x");
}
BOTH(close_cancels_and_nothing_follows)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(the_system_knows_localhost),
        IN_LOOP_BOTH(an_answer_inside_the_call_or_later),
        IN_LOOP_BOTH(numeric_addresses_need_no_resolver),
        IN_LOOP_BOTH(a_failure_leaves_it_unbound),
        IN_LOOP_BOTH(an_unknown_name_is_named_as_in_node),
        IN_LOOP_BOTH(an_answer_of_the_other_family_fails),
        IN_LOOP_BOTH(close_cancels_and_nothing_follows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
