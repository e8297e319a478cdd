/* Ports, resolvers and block lists concern hosts: a Unix socket ignores them.
   Its addresses are names, whatever they look like. */
#include "paths.h"

#include <unistd.h>

static int asked;

static int resolve(dgram_lookup *lookup, const char *host, dgram_type type,
                   void *data) {
    (void)host;
    (void)type;
    (void)data;
    asked++;
    dgram_lookup_done(lookup, UV_EINVAL, NULL);
    return 0;
}

static void no_resolver_is_asked(void **state) {
    const dgram_options options = {
        .size = sizeof options, .type = DGRAM_UNIX, .lookup = resolve};
    dgram_socket *s = new_socket_with(&options);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, s);
    assert_int_equal(dgram_bind(s, "@localhost", 53), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(dgram_connect(s, "@localhost", 0, NULL, NULL), 0);
    run_until(&recorder.connected, 1);
    assert_int_equal(dgram_disconnect(s), 0);
    assert_int_equal(dgram_send_to(s, "x", 1, "@localhost", 7, NULL, NULL), 0);
    run_until(&recorder.messages, 1);
    assert_int_equal(dgram_address_port(&recorder.message[0].from), 0);
    assert_int_equal(asked, 0);
    dgram_close(s);
    run_to_end();
}

static void block_lists_have_no_effect(void **state) {
    dgram_options options = {.size = sizeof options, .type = DGRAM_UNIX};
    dgram_socket *s;
    struct recorder recorder;

    (void)state;
    assert_int_equal(dgram_blocklist_create(&options.send_blocklist), 0);
    assert_int_equal(
        dgram_blocklist_add_subnet(options.send_blocklist, "0.0.0.0", 0), 0);
    assert_int_equal(
        dgram_blocklist_add_subnet(options.send_blocklist, "::", 0), 0);
    options.receive_blocklist = options.send_blocklist;
    s = new_socket_with(&options);
    dgram_blocklist_release(options.send_blocklist);
    record_events(&recorder, s);
    assert_int_equal(dgram_bind_sync(s, path_of("127.0.0.1"), 0), 0);
    assert_int_equal(
        dgram_send_to(s, "x", 1, path_of("127.0.0.1"), 0, NULL, NULL), 0);
    run_until(&recorder.messages, 1);
    assert_int_equal(dgram_connect_sync(s, path_of("127.0.0.1"), 0), 0);
    dgram_close(s);
    run_to_end();
}

/* One that asks for credentials gets a name from the kernel with its first
   datagram, any other has none. */
static void a_sender_that_is_not_bound_may_have_a_name(void **state) {
    dgram_socket *server = new_bound_to(path_of("it"));
    struct recorder recorder;

    (void)state;
    record_events(&recorder, server);
    for (int i = 0; i < 2; i++) {
        const dgram_options options = {.size = sizeof options,
                                       .type = DGRAM_UNIX,
                                       .receive_info =
                                           i > 0 ? DGRAM_INFO_CREDENTIALS : 0};
        dgram_socket *client = new_socket_with(&options);

        assert_int_equal(
            dgram_send_to(client, "x", 1, path_of("it"), 0, NULL, NULL), 0);
        run_until(&recorder.messages, i + 1);
        assert_int_equal(recorder.message[i].from.un.length > 0, i);
        dgram_close(client);
    }
    dgram_close(server);
    run_to_end();
}

static void an_address_of_the_internet_is_refused(void **state) {
    const dgram_address to = address_of("127.0.0.1", 9);
    const dgram_address path = unix_address(path_of("it"));
    dgram_socket *local = new_socket(DGRAM_UNIX), *udp = new_socket(DGRAM_UDP4);

    (void)state;
    assert_int_equal(dgram_send(local, "x", 1, &to, NULL, NULL), UV_EINVAL);
    assert_int_equal(dgram_send(udp, "x", 1, &path, NULL, NULL),
                     DGRAM_ERR_SOCKET_BAD_PORT);
    assert_int_equal(dgram_send(local, "x", 1, NULL, NULL, NULL),
                     DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(dgram_connect(local, "", 9, NULL, NULL),
                     DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(dgram_connect_sync(local, NULL, 9),
                     DGRAM_ERR_MISSING_ARGS);
    assert_int_equal(dgram_fileno(local), UV_EBADF);
    dgram_close(local);
    dgram_close(udp);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(no_resolver_is_asked),
        IN_LOOP_WITH_FOLDER(block_lists_have_no_effect),
        IN_LOOP_WITH_FOLDER(a_sender_that_is_not_bound_may_have_a_name),
        IN_LOOP_WITH_FOLDER(an_address_of_the_internet_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
