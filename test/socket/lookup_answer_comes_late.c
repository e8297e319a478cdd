/* A resolver that cannot be stopped may answer long after the socket is
   closed. */
#include "peer.h"

static dgram_lookup *pending[8];
static int asked;

static int keep(dgram_lookup *lookup, const char *host, dgram_type type,
                void *data) {
    (void)host;
    (void)type;
    (void)data;
    pending[asked++] = lookup;
    return 0;
}

static dgram_lookup_cancel_fn cancel;

static dgram_socket *new_patient(dgram_type type) {
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .lookup = keep,
                             .lookup_cancel = cancel};

    return new_socket_with(&options);
}

static void answer_all(dgram_type type, int status) {
    dgram_address address = address_of(loopback(type), 0);

    for (int i = 0; i < asked; i++)
        dgram_lookup_done(pending[i], status, status < 0 ? NULL : &address);
    asked = 0;
}

static void after_close(dgram_type type, int status) {
    dgram_socket *binding = new_patient(type), *working = new_patient(type);
    struct sent sent = {0}, connected = {0};
    struct recorder recorders[2];

    asked = 0;
    record_events(&recorders[0], binding);
    record_events(&recorders[1], working);
    assert_int_equal(dgram_bind(binding, "some.name", 0), 0);
    assert_int_equal(
        dgram_connect(working, "some.name", 9, note_sent, &connected), 0);
    assert_int_equal(
        dgram_send_to(working, "x", 1, "some.name", 9, note_sent, &sent), 0);
    run_until(&asked, 3);
    dgram_close(binding);
    dgram_close(working);
    run_until(&recorders[0].closed, 1);
    run_until(&recorders[1].closed, 1);
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, UV_ECANCELED);
    assert_int_equal(connected.calls, 1);
    assert_int_equal(connected.status, UV_ECANCELED);
    answer_all(type, status);
    run_to_end();
    assert_int_equal(sent.calls + connected.calls, 2);
    assert_string_equal(recorders[0].log, "x");
    assert_string_equal(recorders[1].log, "lx");
}

static void with_an_address_or_a_failure(dgram_type type) {
    after_close(type, 0);
    after_close(type, UV_EAI_FAIL);
}
BOTH(with_an_address_or_a_failure)

static void between_close_and_its_event(dgram_type type) {
    dgram_socket *socket = new_patient(type);
    struct sent sent = {0};
    struct recorder recorder;

    asked = 0;
    record_events(&recorder, socket);
    assert_int_equal(
        dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &sent), 0);
    run_until(&asked, 1);
    dgram_close(socket);
    answer_all(type, 0);
    assert_int_equal(sent.calls, 0);
    run_to_end();
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, UV_ECANCELED);
}
BOTH(between_close_and_its_event)

/* The answer has come, but the socket closes before it is used. */
static void between_the_answer_and_its_use(dgram_type type) {
    dgram_socket *socket = new_patient(type);
    struct sent sent = {0};
    struct recorder recorder;

    asked = 0;
    record_events(&recorder, socket);
    assert_int_equal(dgram_bind(socket, "some.name", 0), 0);
    assert_int_equal(
        dgram_send_to(socket, "x", 1, "some.name", 9, note_sent, &sent), 0);
    run_until(&asked, 2);
    answer_all(type, 0);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, UV_ECANCELED);
    assert_string_equal(recorder.log, "x");
}
BOTH(between_the_answer_and_its_use)

static int cancelled;

static void answer_cancelled(dgram_lookup *lookup, void *data) {
    dgram_address address = address_of("127.0.0.1", 0);

    (void)data;
    cancelled++;
    asked = 0; /* no later answers */
    dgram_lookup_done(lookup, UV_ECANCELED, NULL);
    dgram_lookup_done(lookup, 0, &address);
}

/* A cancelled resolver answers all its lookups, as many do. */
static void while_it_is_cancelled(dgram_type type) {
    cancel = answer_cancelled;
    cancelled = 0;
    after_close(type, 0);
    assert_int_equal(cancelled, 3);
    cancel = NULL;
}
BOTH(while_it_is_cancelled)

static dgram_socket *to_close;

static int close_and_answer(dgram_lookup *lookup, const char *host,
                            dgram_type type, void *data) {
    (void)host;
    (void)type;
    (void)data;
    dgram_close(to_close);
    dgram_lookup_done(lookup, UV_EAI_FAIL, NULL);
    return 0;
}

static void inside_the_lookup_function_of_a_closed_socket(dgram_type type) {
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .lookup = close_and_answer,
                             .lookup_cancel = answer_cancelled};
    struct sent sent = {0};

    cancelled = 0;
    to_close = new_socket_with(&options);
    assert_int_equal(
        dgram_send_to(to_close, "x", 1, "some.name", 9, note_sent, &sent), 0);
    run_to_end();
    assert_int_equal(cancelled, 1);
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, UV_ECANCELED);
}
BOTH(inside_the_lookup_function_of_a_closed_socket)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(with_an_address_or_a_failure),
        IN_LOOP_BOTH(between_close_and_its_event),
        IN_LOOP_BOTH(between_the_answer_and_its_use),
        IN_LOOP_BOTH(while_it_is_cancelled),
        IN_LOOP_BOTH(inside_the_lookup_function_of_a_closed_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
