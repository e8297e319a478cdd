/* A listener of `connect` closes the socket during another connect. That one is
   cancelled without a system call. */
#include "harness.h"

static int events_received;

static void on_connect(dgram_socket *socket, void *data) {
    (void)data;
    events_received++;
    assert_int_equal(dgram_close(socket), 0);
}

static void the_connect_is_cancelled(void **state) {
    static const dgram_events events = {.size = sizeof events,
                                        .connect = on_connect};
    dgram_socket *socket = new_socket(DGRAM_UDP4);
    dgram_listener listener;
    struct sent connect = {0};
    struct recorder recorder;

    (void)state;
    dgram_on(socket, &listener, &events, NULL);
    record_events(&recorder, socket);
    assert_int_equal(dgram_connect_sync(socket, "127.0.0.1", 9), 0);
    assert_int_equal(dgram_disconnect(socket), 0);
    assert_int_equal(dgram_connect(socket, "127.0.0.1", 9, note_sent, &connect),
                     0);
    run_until(&recorder.closed, 1);
    assert_int_equal(events_received, 1);
    assert_int_equal(connect.calls, 1);
    assert_int_equal(connect.status, UV_ECANCELED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(the_connect_is_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
