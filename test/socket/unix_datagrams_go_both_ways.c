/* Unix sockets: paths, abstract names, answers, senders without an address. */
#include "paths.h"

#include <unistd.h>

static struct recorder server, client;

static const char *sender_of(const struct recorder *recorder) {
    static char text[DGRAM_ADDRESS_TEXT_MAX];

    assert_int_equal(
        dgram_address_format(&recorder->message[0].from, text, sizeof text), 0);
    assert_string_equal(dgram_address_family(&recorder->message[0].from),
                        "unix");
    return text;
}

static void ask_and_answer(const char *server_name, const char *client_name) {
    dgram_socket *a = new_bound_to(server_name), *b = new_bound_to(client_name);
    dgram_address to = unix_address(server_name);
    struct sent sent = {0};

    record_events(&server, a);
    record_events(&client, b);
    assert_string_equal(name_of(a), server_name);
    assert_int_equal(dgram_send(b, "question", 8, &to, note_sent, &sent), 0);
    run_until(&server.messages, 1);
    assert_string_equal(server.message[0].payload, "question");
    assert_string_equal(sender_of(&server), client_name);
    assert_int_equal(
        dgram_send(a, "answer", 6, &server.message[0].from, NULL, NULL), 0);
    run_until(&client.messages, 1);
    assert_string_equal(client.message[0].payload, "answer");
    assert_int_equal(sent.status, 8);
    dgram_close(a);
    dgram_close(b);
    run_to_end();
}

static void by_path(void **state) {
    (void)state;
    ask_and_answer(path_of("server"), path_of("client"));
}

static void by_abstract_name(void **state) {
    char name[64];

    (void)state;
    snprintf(name, sizeof name, "@dgram test %d", (int)getpid());
    ask_and_answer(name, path_of("client"));
}

static void the_kernel_chooses_a_name(void **state) {
    dgram_socket *a = new_bound_to(path_of("server")), *b = new_bound_to(NULL);

    (void)state;
    record_events(&server, a);
    record_events(&client, b);
    assert_int_equal(name_of(b)[0], '@');
    assert_int_equal(dgram_send_to(b, "x", 1, path_of("server"), 0, NULL, NULL),
                     0);
    run_until(&server.messages, 1);
    assert_int_equal(dgram_send(a, "y", 1, &server.message[0].from, NULL, NULL),
                     0);
    run_until(&client.messages, 1);
    dgram_close(a);
    dgram_close(b);
    run_to_end();
}

static void a_sender_without_an_address(void **state) {
    dgram_socket *a = new_bound_to(path_of("server")),
                 *b = new_socket(DGRAM_UNIX);

    (void)state;
    record_events(&server, a);
    assert_int_equal(dgram_send_to(b, "x", 1, path_of("server"), 0, NULL, NULL),
                     0);
    run_until(&server.messages, 1);
    assert_string_equal(sender_of(&server), "");
    assert_int_equal(dgram_send(a, "y", 1, &server.message[0].from, NULL, NULL),
                     DGRAM_ERR_MISSING_ARGS);
    assert_string_equal(name_of(b), "");
    dgram_close(a);
    dgram_close(b);
    run_to_end();
}

static void a_peer(void **state) {
    dgram_socket *a = new_bound_to(path_of("server")),
                 *b = new_socket(DGRAM_UNIX);

    (void)state;
    record_events(&server, a);
    assert_int_equal(dgram_connect_sync(b, path_of("server"), 0), 0);
    assert_int_equal(dgram_send(b, "x", 1, NULL, NULL, NULL), 0);
    run_until(&server.messages, 1);
    assert_int_equal(dgram_disconnect(b), 0);
    assert_int_equal(dgram_send(b, "x", 1, NULL, NULL, NULL),
                     DGRAM_ERR_MISSING_ARGS);
    dgram_close(a);
    dgram_close(b);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_WITH_FOLDER(by_path),
        IN_LOOP_WITH_FOLDER(by_abstract_name),
        IN_LOOP_WITH_FOLDER(the_kernel_chooses_a_name),
        IN_LOOP_WITH_FOLDER(a_sender_without_an_address),
        IN_LOOP_WITH_FOLDER(a_peer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
