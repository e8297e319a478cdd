/* A `connect` listener may disconnect and connect again. Each connect has its
   own event, callback and data. */
#include "harness.h"

static int events_received;
static char order[16];

static void note_connect(dgram_socket *socket, int status, void *data) {
    (void)socket;
    assert_int_equal(status, 0);
    strcat(order, data);
}

static void connect_anew(dgram_socket *socket, void *data) {
    (void)data;
    if (++events_received > 1)
        return;
    assert_int_equal(dgram_disconnect(socket), 0);
    assert_int_equal(dgram_connect(socket, NULL, 10, note_connect, "b"), 0);
}

static void connect_anew_at_once(dgram_socket *socket, void *data) {
    (void)data;
    if (++events_received > 1)
        return;
    assert_int_equal(dgram_disconnect(socket), 0);
    assert_int_equal(dgram_connect_sync(socket, NULL, 10), 0);
}

static void each_callback_has_its_data(void **state) {
    static const dgram_events events = {.size = sizeof events,
                                        .connect = connect_anew};
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_listener listener;

    (void)state;
    events_received = 0;
    order[0] = '\0';
    dgram_on(socket, &listener, &events, NULL);
    assert_int_equal(dgram_connect(socket, NULL, 9, note_connect, "a"), 0);
    run_until(&events_received, 2);
    assert_string_equal(order, "ab");
    dgram_close(socket);
    run_to_end();
}

static void each_connect_has_its_event(void **state) {
    static const dgram_events events = {.size = sizeof events,
                                        .connect = connect_anew_at_once};
    dgram_socket *socket = new_bound(DGRAM_UDP4);
    dgram_listener listener;

    (void)state;
    events_received = 0;
    dgram_on(socket, &listener, &events, NULL);
    assert_int_equal(dgram_connect_sync(socket, NULL, 9), 0);
    run_until(&events_received, 2);
    dgram_close(socket);
    run_to_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP(each_callback_has_its_data),
        IN_LOOP(each_connect_has_its_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
