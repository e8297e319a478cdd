/* dgram_abort_signal() may be called in a callback of a socket that it
   closes. */
#include "peer.h"

#define COUNT 20

static dgram_abort *handle;

static void abort_all(dgram_socket *socket, const dgram_message *message,
                      void *data) {
    (void)socket;
    (void)message;
    (void)data;
    dgram_abort_signal(handle);
    assert_true(dgram_abort_signalled(handle));
}

static void in_message(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = abort_all};
    dgram_socket *sockets[COUNT];
    dgram_listener listeners[COUNT];
    struct recorder recorders[COUNT];
    int peer = peer_open(type), received = 0;

    assert_int_equal(dgram_abort_create(&handle), 0);
    for (int i = 0; i < COUNT; i++) {
        dgram_options options = {
            .size = sizeof options, .type = type, .abort = handle};

        sockets[i] = new_socket_with(&options);
        assert_int_equal(dgram_bind_sync(sockets[i], loopback(type), 0), 0);
        record_events(&recorders[i], sockets[i]);
        dgram_on(sockets[i], &listeners[i], &events, NULL);
    }
    run_until(&recorders[COUNT - 1].listening, 1);
    for (int i = 0; i < COUNT; i++) {
        dgram_address here = loopback_of(sockets[i]);

        peer_send_text(peer, "stop", &here);
        peer_send_text(peer, "late", &here);
    }
    run_to_end();
    for (int i = 0; i < COUNT; i++) {
        received += recorders[i].messages;
        assert_int_equal(recorders[i].closed, 1);
    }
    assert_int_equal(received, 1);
    dgram_abort_release(handle);
    peer_close(peer);
}
BOTH(in_message)

static void in_close(dgram_socket *socket, void *data) {
    (void)data;
    assert_int_equal(dgram_close(socket), DGRAM_ERR_SOCKET_DGRAM_NOT_RUNNING);
    dgram_abort_signal(handle);
}

static void in_the_close_event(dgram_type type) {
    static const dgram_events events = {.size = sizeof events,
                                        .close = in_close};
    dgram_options options = {.size = sizeof options, .type = type};
    dgram_socket *first, *second;
    dgram_listener listener;
    struct recorder recorder;

    assert_int_equal(dgram_abort_create(&handle), 0);
    options.abort = handle;
    first = new_socket_with(&options);
    second = new_socket_with(&options);
    assert_int_equal(dgram_bind_sync(second, loopback(type), 0), 0);
    dgram_on(first, &listener, &events, NULL);
    record_events(&recorder, second);
    assert_int_equal(dgram_close(first), 0);
    run_to_end();
    assert_int_equal(recorder.closed, 1);
    dgram_abort_release(handle);
}
BOTH(in_the_close_event)

static int never(dgram_lookup *lookup, const char *host, dgram_type type,
                 void *data) {
    (void)lookup;
    (void)host;
    (void)type;
    ++*(int *)data;
    return 0;
}

static void abort_more(dgram_lookup *lookup, void *data) {
    (void)lookup;
    (void)data;
    dgram_abort_signal(handle);
}

/* The close of a socket cancels its lookup, and the resolver signals the
   handle. */
static void in_a_cancelled_lookup(dgram_type type) {
    int asked = 0;
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .lookup = never,
                             .lookup_cancel = abort_more,
                             .lookup_data = &asked};
    struct recorder recorders[COUNT];
    dgram_socket *first = NULL;

    assert_int_equal(dgram_abort_create(&handle), 0);
    options.abort = handle;
    for (int i = 0; i < COUNT; i++) {
        dgram_socket *socket = new_socket_with(&options);

        record_events(&recorders[i], socket);
        assert_int_equal(dgram_bind(socket, "name.test", 0), 0);
        if (first == NULL)
            first = socket;
    }
    run_until(&asked, COUNT);
    assert_int_equal(dgram_close(first), 0);
    run_to_end();
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(recorders[i].closed, 1);
    dgram_abort_release(handle);
}
BOTH(in_a_cancelled_lookup)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(in_message),
        IN_LOOP_BOTH(in_the_close_event),
        IN_LOOP_BOTH(in_a_cancelled_lookup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
