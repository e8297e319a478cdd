/* What a socket had received when it was detached is still delivered, and what
   waited in the kernel is left there: each datagram once, in order. */
#include "peer.h"

#include <linux/filter.h>
#include <unistd.h>

#include "leaving.h"

#define COUNT 300
#define SIZE 60

/* What the listener of the first socket does at a datagram. */
enum action {
    DETACH,
    STOP_AND_DETACH,
    DETACH_AND_STOP,
    DETACH_AND_LEAVE,
    DETACH_AND_CLOSE
};

static enum action action;
static dgram_offload offload; /* without GRO, more is left in the kernel */
static int detach_at, received, fd, closed;

static void act(dgram_socket *socket) {
    if (action == STOP_AND_DETACH)
        dgram_receive_stop(socket);
    fd = dgram_detach(socket);
    assert_true(fd > 0);
    if (action == DETACH_AND_STOP)
        dgram_receive_stop(socket);
    if (action == DETACH_AND_CLOSE)
        dgram_close(socket);
}

static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    int number;

    (void)data;
    assert_int_equal(message->length, SIZE);
    memcpy(&number, message->payload, sizeof number);
    assert_int_equal(number, received);
    if (++received != detach_at)
        return;
    act(socket);
    if (action == DETACH_AND_LEAVE)
        leave(MESSAGE);
}

static void on_close(dgram_socket *socket, void *data) {
    (void)socket;
    (void)data;
    closed++;
}

static const dgram_events events = {
    .size = sizeof events, .message = on_message, .close = on_close};

static void send_all(dgram_type type, const dgram_address *to) {
    dgram_socket *sender = new_bound(type);

    for (int i = 0; i < COUNT; i++) {
        unsigned char payload[SIZE] = {0};

        memcpy(payload, &i, sizeof i);
        assert_int_equal(
            dgram_send(sender, payload, sizeof payload, to, NULL, NULL), 0);
    }
    assert_int_equal(dgram_flush(sender), 0);
    dgram_close(sender);
}

/* Returns a socket for which all datagrams wait. */
static dgram_socket *receiver(dgram_type type, dgram_listener *listener) {
    const dgram_options options = {
        .size = sizeof options, .type = type, .offload = offload};
    dgram_socket *socket = new_socket_with(&options);
    dgram_address here;

    received = closed = 0;
    fd = -1;
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    here = loopback_of(socket);
    dgram_set_receive_buffer_size(socket, 1 << 20);
    dgram_on(socket, listener, &events, NULL);
    send_all(type, &here);
    return socket;
}

/* A second socket receives what the first one left in the kernel. */
static void the_rest_is_in_the_kernel(dgram_type type) {
    const dgram_bind_options options = {.size = sizeof options, .fd = fd};
    dgram_socket *socket = new_socket(type);
    dgram_listener listener;

    detach_at = 0;
    closed = 0;
    dgram_on(socket, &listener, &events, NULL);
    assert_int_equal(dgram_bind_with(socket, &options), 0);
    run_until(&received, COUNT);
    dgram_close(socket);
    run_to_end();
    assert_int_equal(received, COUNT);
}

/* The socket that was detached receives no more than the rest of one system
   call. */
static void at_each_place(dgram_type type) {
    static const int places[] = {1, 2, 32, 33, 64, 200};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        dgram_listener listener;

        detach_at = places[i];
        receiver(type, &listener);
        run_until(&closed, 1);
        if (offload == DGRAM_OFFLOAD_OFF)
            assert_true(received < detach_at + 32);
        the_rest_is_in_the_kernel(type);
    }
}

static void at_each(dgram_type type, enum action what) {
    action = what;
    offload = DGRAM_OFFLOAD_OFF;
    at_each_place(type);
    offload = DGRAM_OFFLOAD_AUTO;
    at_each_place(type);
}

static void detached_in_a_batch(dgram_type type) {
    at_each(type, DETACH);
}
BOTH(detached_in_a_batch)

static void detached_while_stopped(dgram_type type) {
    at_each(type, STOP_AND_DETACH);
}
BOTH(detached_while_stopped)

static void stopped_after_it(dgram_type type) {
    dgram_listener listener;
    dgram_socket *socket;

    action = DETACH_AND_STOP;
    detach_at = 5;
    socket = receiver(type, &listener);
    run_until(&received, 5);
    run_for(20);
    assert_int_equal(received, 5);
    assert_int_equal(closed, 0);
    assert_int_equal(dgram_receive_start(socket), 0);
    run_until(&closed, 1);
    the_rest_is_in_the_kernel(type);
}
BOTH(stopped_after_it)

/* So that a program can answer what it has queued itself. */
static void stopped_after_all_was_delivered(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    struct recorder recorder;
    int copy;

    record_events(&recorder, socket);
    copy = dgram_detach(socket);
    dgram_receive_stop(socket);
    run_for(20);
    assert_string_equal(recorder.log, "l");
    dgram_receive_start(socket);
    assert_true(dgram_fileno(socket) >= 0);
    run_to_end();
    assert_string_equal(recorder.log, "lx");
    close(copy);
}
BOTH(stopped_after_all_was_delivered)

static void a_listener_that_does_not_return(dgram_type type) {
    dgram_listener listener;

    action = DETACH_AND_LEAVE;
    detach_at = 5;
    receiver(type, &listener);
    leaving.times = 1;
    assert_int_equal(run_again(&closed, 1), 1);
    the_rest_is_in_the_kernel(type);
}
BOTH(a_listener_that_does_not_return)

/* The readahead is what a filter had read, so nothing is in the kernel. */
static void detached_with_a_readahead(dgram_type type) {
    static const struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 0xffffffff);
    dgram_listener listener;
    dgram_socket *socket;
    int result;

    action = DETACH;
    detach_at = 0;
    socket = receiver(type, &listener);
    result = dgram_attach_filter(socket, &all, 1);
    if (result == 0)
        dgram_receive_stop(socket);
    fd = dgram_detach(socket);
    run_until(&closed, 1);
    the_rest_is_in_the_kernel(type);
}
BOTH(detached_with_a_readahead)

static void a_close_drops_the_rest(dgram_type type) {
    dgram_listener listener;

    action = DETACH_AND_CLOSE;
    detach_at = 5;
    receiver(type, &listener);
    run_to_end();
    assert_int_equal(received, 5);
    assert_int_equal(closed, 1);
    close(fd);
}
BOTH(a_close_drops_the_rest)

static char space[DGRAM_RECEIVE_MEMORY_SIZE];

static void provide_and_detach(dgram_socket *socket, size_t size,
                               uv_buf_t *buffer, void *data) {
    (void)data;
    *buffer = uv_buf_init(space, (unsigned)size);
    fd = dgram_detach(socket);
}

static void detached_when_asked_for_memory(dgram_type type) {
    const dgram_options options = {.size = sizeof options,
                                   .type = type,
                                   .receive_memory = provide_and_detach};
    dgram_socket *socket = new_socket_with(&options);
    dgram_listener listener;
    dgram_address here;

    received = closed = 0;
    dgram_on(socket, &listener, &events, NULL);
    assert_int_equal(dgram_bind_sync(socket, loopback(type), 0), 0);
    dgram_set_receive_buffer_size(socket, 1 << 20);
    here = loopback_of(socket);
    send_all(type, &here);
    run_until(&closed, 1);
    assert_int_equal(received, 0);
    the_rest_is_in_the_kernel(type);
}
BOTH(detached_when_asked_for_memory)

/* A listener answers the rest from the address of the socket. */
static void on_request(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)data;
    if (received++ == 0)
        fd = dgram_detach(socket);
    dgram_reply(socket, message, message->payload, message->length, NULL, NULL);
}

static const dgram_events requests = {
    .size = sizeof requests, .message = on_request, .close = on_close};

static void the_rest_is_answered(dgram_type type) {
    dgram_socket *socket = new_bound(type);
    dgram_address here = loopback_of(socket), from;
    int peer = peer_open(type);
    dgram_listener listener;
    char answer[8];

    received = closed = 0;
    dgram_on(socket, &listener, &requests, NULL);
    for (int i = 0; i < 3; i++)
        peer_send_text(peer, "request", &here);
    run_until(&closed, 1);
    for (int i = 0; i < received; i++) {
        peer_receive(peer, answer, sizeof answer, &from);
        assert_true(dgram_address_equal(&from, &here));
    }
    run_to_end();
    close(fd);
    peer_close(peer);
}
BOTH(the_rest_is_answered)

/* Neither before `close`, nor while a listener delays that. */
static int path_errors;

static void on_path_error(dgram_socket *socket, const dgram_path_error *error,
                          void *data) {
    (void)socket;
    (void)error;
    (void)data;
    path_errors++;
}

static void on_first(dgram_socket *socket, const dgram_message *message,
                     void *data) {
    const dgram_address *nobody = data;

    (void)message;
    if (received++ > 0)
        return;
    fd = dgram_detach(socket);
    dgram_receive_stop(socket);
    assert_int_equal(dgram_send(socket, "x", 1, nobody, NULL, NULL), 0);
    assert_true(dgram_flush(socket) == 0);
}

static const dgram_events stopping = {.size = sizeof stopping,
                                      .message = on_first,
                                      .path_error = on_path_error,
                                      .close = on_close};
static const dgram_events waiting = {.size = sizeof waiting,
                                     .path_error = on_path_error};

static void path_errors_are_for_the_next_socket(dgram_type type) {
    const dgram_options options = {
        .size = sizeof options, .type = type, .path_errors = true};
    dgram_address nobody = peer_closed_port(type), here;
    dgram_bind_options bind = {.size = sizeof bind};
    dgram_socket *first, *second;
    dgram_listener one, two;
    int peer = peer_open(type);

    if (dgram_create_with(&test_loop, &options, &first) == UV_ENOTSUP)
        skip();
    received = closed = path_errors = 0;
    dgram_on(first, &one, &stopping, &nobody);
    assert_int_equal(dgram_bind_sync(first, loopback(type), 0), 0);
    here = loopback_of(first);
    peer_send_text(peer, "first", &here);
    peer_send_text(peer, "second", &here);
    run_until(&received, 1);
    run_for(20);
    assert_int_equal(path_errors, 0);
    dgram_receive_start(first);
    run_until(&closed, 1);
    assert_int_equal(path_errors, 0);
    bind.fd = fd;
    second = new_socket_with(&options);
    dgram_on(second, &two, &waiting, NULL);
    assert_int_equal(dgram_bind_with(second, &bind), 0);
    run_until(&path_errors, 1);
    dgram_close(second);
    run_to_end();
    peer_close(peer);
}
BOTH(path_errors_are_for_the_next_socket)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_LOOP_BOTH(detached_in_a_batch),
        IN_LOOP_BOTH(detached_while_stopped),
        IN_LOOP_BOTH(stopped_after_it),
        IN_LOOP_BOTH(stopped_after_all_was_delivered),
        IN_LOOP_BOTH(a_listener_that_does_not_return),
        IN_LOOP_BOTH(detached_with_a_readahead),
        IN_LOOP_BOTH(a_close_drops_the_rest),
        IN_LOOP_BOTH(detached_when_asked_for_memory),
        IN_LOOP_BOTH(the_rest_is_answered),
        IN_LOOP_BOTH(path_errors_are_for_the_next_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
