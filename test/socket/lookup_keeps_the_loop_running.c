/* A lookup by the program's own resolver keeps the loop running until the
   answer or the close. */
#include "harness.h"

static dgram_lookup *pending;
static uv_timer_t timer; /* does not keep the loop running itself */

static int keep(dgram_lookup *lookup, const char *host, dgram_type type,
                void *data) {
    (void)host;
    (void)type;
    (void)data;
    pending = lookup;
    return 0;
}

static const dgram_options keeping = {
    .size = sizeof keeping, .type = DGRAM_UDP4, .lookup = keep};

static void answer(uv_timer_t *handle) {
    dgram_address address = address_of("127.0.0.1", 0);

    dgram_lookup_done(pending, 0, &address);
    uv_close((uv_handle_t *)handle, NULL);
}

static int answer_later(dgram_lookup *lookup, const char *host, dgram_type type,
                        void *data) {
    uv_timer_start(&timer, answer, 30, 0);
    return keep(lookup, host, type, data);
}

static void until_it_is_answered(void **state) {
    dgram_options options = keeping;
    dgram_socket *socket;
    struct recorder recorder;

    (void)state;
    options.lookup = answer_later;
    socket = new_socket_with(&options);
    record_events(&recorder, socket);
    dgram_unref(socket);
    uv_timer_init(&test_loop, &timer);
    uv_unref((uv_handle_t *)&timer);
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    assert_int_equal(uv_run(&test_loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(recorder.listening, 1);
    dgram_ref(socket);
    dgram_close(socket);
    run_to_end();
}

static void until_the_socket_is_closed(void **state) {
    dgram_socket *socket = new_socket_with(&keeping);
    dgram_address address = address_of("127.0.0.1", 0);
    struct recorder recorder;

    (void)state;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    run_for(10);
    dgram_close(socket);
    assert_int_equal(uv_run(&test_loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(recorder.closed, 1);
    assert_int_equal(uv_loop_close(&test_loop), 0);
    dgram_lookup_done(pending, 0, &address);
    assert_int_equal(uv_loop_init(&test_loop), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(until_it_is_answered),
        IN_LOOP(until_the_socket_is_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
