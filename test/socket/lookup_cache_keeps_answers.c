/* With `lookup_ttl` a name is looked up again only when its answer is too
   old. */
#include "names.h"
#include "peer.h"

/* Sends to a name, and returns the status of the send. */
static int send_to(dgram_socket *socket, const char *name, int port) {
    struct sent sent = {0};

    assert_int_equal(
        dgram_send_to(socket, "x", 1, name, (uint16_t)port, note_sent, &sent),
        0);
    run_until(&sent.calls, 1);
    return sent.status;
}

static void a_known_name_needs_no_lookup(dgram_type type) {
    int peer = peer_open(type);
    dgram_address there = peer_address(peer);
    uint16_t port = dgram_address_port(&there);
    dgram_socket *socket = new_keeping(type);
    struct sent sent = {0};

    assert_int_equal(send_to(socket, "some.name", port), 1);
    peer_expect(peer, "x");
    assert_string_equal(names.host, "some.name");
    assert_int_equal(names.family, type == DGRAM_UDP6 ? AF_INET6 : AF_INET);
    names_wait(3599000);
    assert_int_equal(dgram_send_to(socket, "at once", 7, "some.name", port,
                                   note_sent, &sent),
                     0);
    assert_int_equal(dgram_flush(socket), 0);
    peer_expect(peer, "at once");
    assert_int_equal(names.asked, 1);
    names_wait(1000);
    assert_int_equal(send_to(socket, "some.name", port), 1);
    assert_int_equal(names.asked, 2);
    dgram_close(socket);
    run_to_end();
    peer_close(peer);
}
BOTH(a_known_name_needs_no_lookup)

static void each_name_and_each_family_has_its_own(dgram_type type) {
    dgram_socket *socket = new_keeping(type);
    dgram_socket *other =
        new_keeping(type == DGRAM_UDP4 ? DGRAM_UDP6 : DGRAM_UDP4);

    send_to(socket, "some.name", 9);
    send_to(socket, "some.nam", 9);
    assert_int_equal(names.asked, 2);
    if (has_ipv6())
        send_to(other, "some.name", 9);
    assert_int_equal(names.asked, has_ipv6() ? 3 : 2);
    dgram_close(socket);
    dgram_close(other);
    run_to_end();
}
BOTH(each_name_and_each_family_has_its_own)

static void sockets_of_a_loop_share_answers(dgram_type type) {
    dgram_socket *one = new_keeping(type), *two = new_keeping(type);
    dgram_socket *brief = new_keeping_for(type, 1000);
    dgram_socket *plain = new_socket(type);

    send_to(one, "some.name", 9);
    send_to(two, "some.name", 9);
    send_to(brief, "some.name", 9);
    assert_int_equal(names.asked, 1);
    send_to(plain, "some.name", 9);
    assert_int_equal(names.asked, 2);
    names_wait(1500);
    send_to(one, "some.name", 9);
    assert_int_equal(names.asked, 2);
    send_to(brief, "some.name", 9);
    assert_int_equal(names.asked, 3);
    send_to(brief, "some.name", 9);
    assert_int_equal(names.asked, 3);
    dgram_close(one);
    dgram_close(two);
    dgram_close(brief);
    dgram_close(plain);
    run_to_end();
}
BOTH(sockets_of_a_loop_share_answers)

static void binds_and_connects_use_them(dgram_type type) {
    dgram_socket *socket = new_keeping(type), *other = new_keeping(type);
    struct recorder recorder;
    struct sent connected = {0};

    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "my.name", 0), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(dgram_connect(other, "my.name", 9, note_sent, &connected),
                     0);
    run_until(&connected.calls, 1);
    assert_int_equal(connected.status, 0);
    assert_int_equal(names.asked, 1);
    dgram_close(socket);
    dgram_close(other);
    run_to_end();
}
BOTH(binds_and_connects_use_them)

static void a_failure_is_kept_for_a_second(dgram_type type) {
    dgram_socket *socket = new_keeping(type);
    dgram_socket *brief = new_keeping_for(type, 100);
    char text[64];

    names.status = UV_EAI_NONAME;
    assert_int_equal(send_to(socket, "no.name", 9), UV_EAI_NONAME);
    names.status = 0;
    names_wait(500);
    assert_int_equal(send_to(socket, "no.name", 9), UV_EAI_NONAME);
    dgram_error_format(dgram_last_error(socket), text, sizeof text);
    assert_string_equal(text, "getaddrinfo ENOTFOUND no.name");
    assert_int_equal(names.asked, 1);
    names.status = UV_EAI_AGAIN;
    assert_int_equal(send_to(brief, "no.name", 9), UV_EAI_AGAIN);
    assert_int_equal(names.asked, 2);
    names_wait(1000);
    names.status = 0;
    assert_int_equal(send_to(socket, "no.name", 9), 1);
    assert_int_equal(names.asked, 3);
    dgram_close(socket);
    dgram_close(brief);
    run_to_end();
}
BOTH(a_failure_is_kept_for_a_second)

/* The socket with the longer time goes on with the address. */
static void a_failure_leaves_an_older_address(dgram_type type) {
    dgram_socket *socket = new_keeping(type);
    dgram_socket *brief = new_keeping_for(type, 100);

    assert_int_equal(send_to(socket, "some.name", 9), 1);
    names_wait(200);
    names.status = UV_EAI_AGAIN;
    assert_int_equal(send_to(brief, "some.name", 9), UV_EAI_AGAIN);
    assert_int_equal(send_to(socket, "some.name", 9), 1);
    assert_int_equal(names.asked, 2);
    dgram_close(socket);
    dgram_close(brief);
    run_to_end();
}
BOTH(a_failure_leaves_an_older_address)

/* As errors of a datagram whose name was looked up. */
static void errors_are_for_the_callback(dgram_type type) {
    dgram_blocklist *blocked;
    dgram_options options = {
        .size = sizeof options, .type = type, .lookup_ttl = 3600000};
    const dgram_send_info info = {
        .set = DGRAM_INFO_LOCAL,
        .local = address_of(
            loopback(type == DGRAM_UDP4 ? DGRAM_UDP6 : DGRAM_UDP4), 0)};
    struct sent sent = {0};
    const dgram_outgoing message = {.payload = "x",
                                    .length = 1,
                                    .host = "some.name",
                                    .port = 9,
                                    .info = &info,
                                    .data = &sent};
    dgram_socket *socket;

    assert_int_equal(dgram_blocklist_create(&blocked), 0);
    options.send_blocklist = blocked;
    socket = new_socket_with(&options);
    assert_int_equal(send_to(socket, "some.name", 9), 1);
    assert_int_equal(dgram_send_batch(socket, &message, 1, NULL, note_sent), 1);
    run_until(&sent.calls, 1);
    assert_int_equal(sent.status, DGRAM_ERR_INVALID_ARG_VALUE);
    assert_int_equal(dgram_blocklist_add_address(blocked, loopback(type)), 0);
    assert_int_equal(send_to(socket, "some.name", 9), DGRAM_ERR_IP_BLOCKED);
    assert_int_equal(names.asked, 1);
    dgram_close(socket);
    run_to_end();
    dgram_blocklist_release(blocked);
}
BOTH(errors_are_for_the_callback)

static void a_refused_query_is_not_kept(dgram_type type) {
    dgram_socket *socket = new_keeping(type);

    names.refusal = UV_ENOMEM;
    assert_int_equal(send_to(socket, "some.name", 9), UV_ENOMEM);
    names.refusal = 0;
    assert_int_equal(send_to(socket, "some.name", 9), 1);
    dgram_close(socket);
    run_to_end();
}
BOTH(a_refused_query_is_not_kept)

static int resolve(dgram_lookup *lookup, const char *host, dgram_type type,
                   void *data) {
    (void)lookup;
    (void)host;
    (void)type;
    (void)data;
    return UV_EAI_NONAME;
}

static void a_lookup_of_the_program_has_none(void **state) {
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .lookup = resolve,
                             .lookup_ttl = 1};
    dgram_socket *socket;

    (void)state;
    assert_int_equal(dgram_create_with(&test_loop, &options, &socket),
                     DGRAM_ERR_INVALID_ARG_VALUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_NAMES_BOTH(a_known_name_needs_no_lookup),
        WITH_NAMES_BOTH(each_name_and_each_family_has_its_own),
        WITH_NAMES_BOTH(sockets_of_a_loop_share_answers),
        WITH_NAMES_BOTH(binds_and_connects_use_them),
        WITH_NAMES_BOTH(a_failure_is_kept_for_a_second),
        WITH_NAMES_BOTH(a_failure_leaves_an_older_address),
        WITH_NAMES_BOTH(errors_are_for_the_callback),
        WITH_NAMES_BOTH(a_refused_query_is_not_kept),
        WITH_NAMES(a_lookup_of_the_program_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
