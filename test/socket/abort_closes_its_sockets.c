/* One signal closes every socket that was created with the handle, in any
   state. */
#include "peer.h"

static dgram_socket *abortable(dgram_type type, dgram_abort *abort) {
    dgram_options options = {
        .size = sizeof options, .type = type, .abort = abort};

    return new_socket_with(&options);
}

static dgram_abort *new_abort(void) {
    dgram_abort *abort = NULL;

    assert_int_equal(dgram_abort_create(&abort), 0);
    assert_false(dgram_abort_signalled(abort));
    return abort;
}

static void each_state_is_closed(dgram_type type) {
    dgram_abort *abort = new_abort();
    dgram_socket *unbound = abortable(type, abort);
    dgram_socket *binding = abortable(type, abort);
    dgram_socket *naming = abortable(type, abort);
    dgram_socket *bound = abortable(type, abort);
    dgram_socket *apart = new_bound(type);
    struct recorder recorders[5];

    assert_int_equal(dgram_bind_sync(bound, loopback(type), 0), 0);
    record_events(&recorders[0], unbound);
    record_events(&recorders[1], binding);
    record_events(&recorders[2], naming);
    record_events(&recorders[3], bound);
    record_events(&recorders[4], apart);
    run_until(&recorders[3].listening, 1);
    assert_int_equal(dgram_bind(binding, loopback(type), 0), 0);
    assert_int_equal(dgram_bind(naming, "localhost", 0), 0);

    dgram_abort_signal(abort);
    assert_true(dgram_abort_signalled(abort));
    assert_int_equal(dgram_bind(unbound, NULL, 0),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_fileno(bound), UV_EBADF);
    dgram_abort_signal(abort);
    run_until(&recorders[0].closed, 1);
    dgram_abort_release(abort);
    dgram_close(apart);
    run_to_end();
    assert_string_equal(recorders[0].log, "x");
    assert_string_equal(recorders[1].log, "x");
    assert_string_equal(recorders[2].log, "x");
    assert_string_equal(recorders[3].log, "lx");
    assert_string_equal(recorders[4].log, "lx");
}
BOTH(each_state_is_closed)

static void a_handle_signalled_before_closes_at_once(dgram_type type) {
    dgram_abort *abort = new_abort();
    dgram_socket *socket;
    struct recorder recorder;

    dgram_abort_signal(abort);
    socket = abortable(type, abort);
    record_events(&recorder, socket);
    assert_int_equal(dgram_close(socket), DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    assert_int_equal(dgram_bind(socket, NULL, 0),
                     DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    dgram_abort_release(abort);
    run_to_end();
    assert_string_equal(recorder.log, "x");
}
BOTH(a_handle_signalled_before_closes_at_once)

static void pending_operations_are_cancelled(dgram_type type) {
    dgram_abort *abort = new_abort();
    dgram_socket *connecting = abortable(type, abort);
    dgram_socket *sending = abortable(type, abort);
    struct sent connected = {0}, sent = {0};
    struct recorder recorders[2];

    record_events(&recorders[0], connecting);
    record_events(&recorders[1], sending);
    assert_int_equal(
        dgram_connect(connecting, "localhost", 9, note_sent, &connected), 0);
    assert_int_equal(
        dgram_send_to(sending, "x", 1, "localhost", 9, note_sent, &sent), 0);
    dgram_abort_signal(abort);
    dgram_abort_release(abort);
    assert_int_equal(connected.calls + sent.calls, 0);
    run_to_end();
    assert_int_equal(connected.calls, 1);
    assert_int_equal(connected.status, UV_ECANCELED);
    assert_int_equal(sent.calls, 1);
    assert_int_equal(sent.status, UV_ECANCELED);
    assert_string_equal(recorders[0].log, "x");
    assert_string_equal(recorders[1].log, "x");
}
BOTH(pending_operations_are_cancelled)

static void release_before_close_leaves_the_socket_open(dgram_type type) {
    dgram_abort *abort = new_abort();
    dgram_socket *socket = abortable(type, abort);
    dgram_socket *closed = abortable(type, abort);
    struct recorder recorder;

    record_events(&recorder, socket);
    assert_int_equal(dgram_close(closed), 0);
    dgram_abort_release(abort);
    assert_int_equal(dgram_bind(socket, loopback(type), 0), 0);
    run_until(&recorder.listening, 1);
    assert_int_equal(dgram_close(socket), 0);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
}
BOTH(release_before_close_leaves_the_socket_open)

static void a_signal_after_close_does_nothing(dgram_type type) {
    dgram_abort *abort = new_abort();
    dgram_socket *socket = abortable(type, abort);

    assert_int_equal(dgram_close(socket), 0);
    dgram_abort_signal(abort);
    run_to_end();
    dgram_abort_signal(abort);
    dgram_abort_release(abort);
    dgram_abort_release(NULL);
}
BOTH(a_signal_after_close_does_nothing)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(each_state_is_closed),
        IN_LOOP_BOTH(a_handle_signalled_before_closes_at_once),
        IN_LOOP_BOTH(pending_operations_are_cancelled),
        IN_LOOP_BOTH(release_before_close_leaves_the_socket_open),
        IN_LOOP_BOTH(a_signal_after_close_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
