/* Calls and resolver answers that are allowed and rarely seen. */
#include "harness.h"

static void bind_without_options_is_bind(void **state) {
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    static struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind_with(socket, NULL), 0);
    run_until(&recorder.listening, 1);
    assert_true(port_of(socket) > 0);
    dgram_close(socket);
}

static void parts_of_four_gibibytes_are_refused(void **state) {
    char byte = 0;
    const dgram_buffer parts[] = {{.base = &byte, .length = 3u << 30},
                                  {.base = &byte, .length = 1u << 30}};
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    dgram_address to = address_of("127.0.0.1", 9);

    (void)state;
    assert_int_equal(dgram_sendv(socket, parts, 2, &to, NULL, NULL),
                     DGRAM_ERR_OUT_OF_RANGE);
    assert_int_equal(dgram_fileno(socket), UV_EBADF);
    dgram_close(socket);
}

static int answer(dgram_lookup *lookup, const char *host, dgram_type type,
                  void *data) {
    (void)host;
    (void)type;
    dgram_lookup_done(lookup, 0, data);
    return 0;
}

/* The status of a send to a name for this answer of the resolver. */
static int status_after(const dgram_address *address) {
    dgram_options options = {.size = sizeof options,
                             .type = DGRAM_UDP4,
                             .lookup = answer,
                             .lookup_data = (void *)(uintptr_t)address};
    dgram_socket *socket = new_socket_with(&options);
    struct sent sent = {0};

    assert_int_equal(dgram_send_to(socket, "x", 1, "name", 9, note_sent, &sent),
                     0);
    run_until(&sent.calls, 1);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sent.calls, 1);
    return sent.status;
}

static void useless_answers_fail_the_send(void **state) {
    dgram_address v6 = address_of("::1", 0);

    (void)state;
    assert_int_equal(status_after(NULL), UV_EINVAL);
    assert_int_equal(status_after(&v6), UV_EINVAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(bind_without_options_is_bind),
        IN_LOOP(parts_of_four_gibibytes_are_refused),
        IN_LOOP(useless_answers_fail_the_send),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
